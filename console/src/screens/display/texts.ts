/** What a display says by itself. */
export const DISPLAY = {
  en: { waiting: "One moment …", products: "Popular here", screen: "What is on here" },
  de: { waiting: "Einen Moment …", products: "Hier beliebt", screen: "Was es hier gibt" },
  pl: { waiting: "Chwileczkę …", products: "Popularne tutaj", screen: "Co jest tutaj" },
} as const;
