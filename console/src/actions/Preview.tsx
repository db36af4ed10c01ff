import { IconPhoto } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Tag, useFormat } from "../parts";
import type { Written } from "./data";
import classes from "./Preview.module.css";

const DRAWN = ["banner", "strip", "portrait", "tile", "card", "line"];
const OWN = ["format", "locale", "headline", "title", "body", "text", "cta", "link", "image"];

/** A content as a touchpoint would show it. */
export function Preview({ written, discount = 0 }: { written: Written; discount?: number }) {
  const { t } = useTranslation("actions");
  const format = useFormat();
  const said = written.content as Record<string, string>;
  const [headline, body] = [said.headline ?? said.title ?? "", said.body ?? said.text ?? ""];
  const others = Object.entries(said).filter(([name]) => !OWN.includes(name));
  const image = said.image ?? "";
  return (
    <figure className={classes.preview}>
      <div className={classes.frame} data-format={DRAWN.includes(said.format ?? "") ? said.format : "other"} lang={said.locale}>
        {image !== "" && (/^(\/(?!\/)|data:image\/)/.test(image) ? <img className={classes.image} src={image} alt="" /> : <span className={classes.image} title={image}><IconPhoto size={22} stroke={1.5} aria-hidden /></span>)}
        <div className={classes.said}>
          {headline !== "" && <p className={classes.headline}>{headline}</p>}
          {body !== "" && <p className={classes.body}>{body}</p>}
          {others.map(([name, value]) => <p key={name} className={classes.body}>{value}</p>)}
          {headline === "" && body === "" && others.length === 0 && <p className={classes.nothing}>{t("preview.nothing")}</p>}
          {discount > 0 && <p className={classes.discount}>−{format.share(discount / 100, 0)}</p>}
          {(said.cta ?? "") !== "" && <span className={classes.cta} title={said.link}>{said.cta}</span>}
        </div>
      </div>
      <figcaption className={classes.caption}>
        <span><Tag>{said.format}</Tag> {said.locale && <Tag tone="info">{said.locale}</Tag>} {written.facts.length > 0 && <Tag tone="watch" title={t("preview.factsSay")}>{t("preview.facts", { facts: format.list(written.facts.map((each) => each.replaceAll("_", " "))) })}</Tag>}</span>
        <span>“{written.because}”</span>
      </figcaption>
    </figure>
  );
}
