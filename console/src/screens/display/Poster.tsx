/** One slot, filling the screen. What asks to be tapped (`cta`) is left out: nobody can touch a display. */
import type { Slot } from "../frame/segue";
import { words } from "../frame/words";
import classes from "./Display.module.css";
import { DISPLAY } from "./texts";

export function Poster({ slot, locale, shown }: { slot: Slot; locale: string; shown: boolean }) {
  const say = words(DISPLAY, locale);
  const { headline, body, image, price } = slot.content;
  const products = slot.products ?? [];
  return (
    <article className={classes.poster} data-kind={slot.kind} data-shown={shown || undefined} aria-hidden={!shown}>
      {image ? <img className={classes.image} src={image} alt="" /> : null}
      <div className={classes.text}>
        {slot.discount > 0 ? <p className={classes.discount}>−{slot.discount} %</p> : null}
        <h1 className={classes.headline}>{headline ?? slot.content.text ?? ""}</h1>
        {body ? <p className={classes.body}>{body}</p> : null}
        {products.length > 0 ? (
          <ol className={classes.products} aria-label={say("products")}>
            {products.slice(0, 5).map((product) => (
              <li key={product.sku}>{product.name ?? product.sku}</li>
            ))}
          </ol>
        ) : null}
        {price ? <p className={classes.price}>{price}</p> : null}
      </div>
    </article>
  );
}
