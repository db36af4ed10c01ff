/**
 * What a customer is asked, word for word in her own language: what for, through which channel, and that she can
 * take it back at any time. It is read out or shown to her, and recorded with her answer.
 */
import { type Language, words } from "../frame/words";

const WORDING = {
  en: {
    advise: "May our staff use what you bought and looked at with us to advise you in our stores?",
    personalisation: "May we use what you bought and looked at with us to choose what we show you {where}?",
    marketing: "May we send you our offers and news {how}?",
    other: "May we use your data for “{purpose}” {where}?",
    web: "on our website",
    app: "in our app",
    kiosk: "at our kiosks",
    till: "at the till",
    display: "on our displays",
    associate: "when our staff advise you",
    email: "by e-mail",
    sms: "by text message",
    push: "as messages of our app",
    messenger: "by messenger",
    any: "in all our channels",
    only: "For this only, and in no other way.",
    back: "You can take it back at any time: here, with our staff. Then we stop at once.",
    no: "If you say no, you are served just as well.",
    about: "Advice in our stores",
    aboutPersonalisation: "What we show her {where}",
    aboutMarketing: "Offers and news {how}",
    aboutOther: "{purpose}, {where}",
  },
  de: {
    advise: "Dürfen unsere Mitarbeitenden nutzen, was Sie bei uns gekauft und angesehen haben, um Sie in unseren Filialen zu beraten?",
    personalisation: "Dürfen wir nutzen, was Sie bei uns gekauft und angesehen haben, um auszuwählen, was wir Ihnen {where} zeigen?",
    marketing: "Dürfen wir Ihnen unsere Angebote und Neuigkeiten {how} senden?",
    other: "Dürfen wir Ihre Daten {where} für „{purpose}“ nutzen?",
    web: "auf unserer Website",
    app: "in unserer App",
    kiosk: "an unseren Kiosken",
    till: "an der Kasse",
    display: "auf unseren Bildschirmen",
    associate: "bei der Beratung",
    email: "per E-Mail",
    sms: "per SMS",
    push: "als Mitteilung unserer App",
    messenger: "per Messenger",
    any: "in allen unseren Kanälen",
    only: "Nur dafür, und auf keinem anderen Weg.",
    back: "Sie können das jederzeit widerrufen: hier, bei unserem Personal. Dann hören wir sofort damit auf.",
    no: "Wenn Sie Nein sagen, werden Sie genauso gut bedient.",
    about: "Beratung in unseren Filialen",
    aboutPersonalisation: "Was wir ihr {where} zeigen",
    aboutMarketing: "Angebote und Neuigkeiten {how}",
    aboutOther: "{purpose}, {where}",
  },
  pl: {
    advise: "Czy nasz personel może używać tego, co u nas kupujesz i oglądasz, by doradzać Ci w naszych sklepach?",
    personalisation: "Czy możemy używać tego, co u nas kupujesz i oglądasz, by wybierać, co pokazujemy Ci {where}?",
    marketing: "Czy możemy wysyłać Ci nasze oferty i nowości {how}?",
    other: "Czy możemy używać Twoich danych {where} w celu „{purpose}”?",
    web: "na naszej stronie",
    app: "w naszej aplikacji",
    kiosk: "w naszych kioskach",
    till: "przy kasie",
    display: "na naszych ekranach",
    associate: "podczas doradzania",
    email: "e-mailem",
    sms: "SMS-em",
    push: "jako powiadomienia naszej aplikacji",
    messenger: "przez komunikator",
    any: "we wszystkich naszych kanałach",
    only: "Tylko do tego i w żaden inny sposób.",
    back: "Zgodę możesz wycofać w każdej chwili: tutaj, u naszego personelu. Wtedy natychmiast przestajemy.",
    no: "Jeśli odmówisz, obsłużymy Cię tak samo dobrze.",
    about: "Doradzanie w naszych sklepach",
    aboutPersonalisation: "Co jej pokazujemy {where}",
    aboutMarketing: "Oferty i nowości {how}",
    aboutOther: "{purpose}, {where}",
  },
} as const;

export interface Question {
  readonly purpose: string;
  /** null: the purpose has no channels */
  readonly channel: string | null;
}

const CHANNELS = ["web", "app", "kiosk", "till", "display", "associate", "email", "sms", "push", "messenger"] as const;
type Channel = (typeof CHANNELS)[number];

/** Sentences that ask for a yes or a no; the first is the question itself. */
export function asked(question: Question, language: Language): readonly string[] {
  const say = words(WORDING, language);
  return [said(question, language, ""), say("only"), say("back"), say("no")];
}

/** The question in a few words, for the staff. */
export const inShort = (question: Question, language: Language): string => said(question, language, "about");

function said({ purpose, channel }: Question, language: Language, as: "" | "about"): string {
  const say = words(WORDING, language);
  const known = CHANNELS.find((each): each is Channel => each === channel);
  const where = known ? say(known) : channel ?? say("any");
  if (purpose === "personalisation" && channel === "associate") return say(as || "advise");
  if (purpose === "personalisation") return say(as ? "aboutPersonalisation" : "personalisation", { where });
  if (purpose === "marketing") return say(as ? "aboutMarketing" : "marketing", { how: where });
  return say(as ? "aboutOther" : "other", { purpose, where });
}
