/** A product's picture: its own where our policy shows it, else one that its category gives it. */
import type { Product } from "./catalogue";
import { hueOf, plainly } from "./names";
import styles from "./Picture.module.css";

export function Picture({ product, large = false }: { product: Pick<Product, "name" | "category" | "image">; large?: boolean }) {
  const { image, name, category } = product;
  // pictures come from this very address, or not at all
  if (image !== null && /^(\/(?!\/)|data:image\/)/.test(image)) {
    return <img className={styles.picture} src={image} alt="" loading={large ? "eager" : "lazy"} />;
  }
  const letters = plainly(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
  return (
    <svg className={styles.picture} viewBox="0 0 120 90" aria-hidden="true" data-hue={hueOf(category ?? name)}>
      <rect width="120" height="90" className={styles.ground} />
      <circle cx="92" cy="20" r="34" className={styles.round} />
      <circle cx="22" cy="84" r="26" className={styles.round} />
      <text x="60" y="56" textAnchor="middle" className={styles.letters}>
        {letters}
      </text>
    </svg>
  );
}
