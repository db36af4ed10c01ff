/** Which picture and which words stand for which event: one table of the events that shops send. */
import {
  IconArrowBackUp, IconBell, IconBrowser, IconClick, IconCreditCard, IconDeviceMobile, IconEye, IconHeart, IconId, IconLink,
  IconListSearch, IconLogin, IconMail, IconMailOpened, IconMailX, IconMessage, IconPointFilled, IconReceipt, IconReceiptOff, IconSearch,
  IconShare, IconShieldCheck, IconShieldX, IconShoppingCart, IconShoppingCartMinus, IconShoppingCartPlus, IconSpeakerphone, IconStar,
  IconTicket, IconTicketOff, IconUsersGroup, IconMailbox,
  IconUserMinus, IconUserPlus,
} from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";
import type timeline from "../../texts/en/timeline.json";
import type { TimelineEvent } from "./events";

/** Which details of an event are worth a line. */
export type Family = "order" | "product" | "cart" | "search" | "promotion" | "coupon" | "message" | "consent" | "said" | "page" | "group" | "segment" | "other";
export type Tone = "money" | "said" | "consent" | "quiet";

export interface Kind {
  icon: Icon;
  family: Family;
  /** Its key under `event` in the texts; null: called by its own name. */
  name: keyof (typeof timeline)["event"] | null;
  tone?: Tone;
}

const EVENTS: Record<string, Kind> = {
  "Order Completed": { icon: IconReceipt, family: "order", name: "orderCompleted", tone: "money" },
  "Order Updated": { icon: IconReceipt, family: "order", name: "orderUpdated" },
  "Order Cancelled": { icon: IconReceiptOff, family: "order", name: "orderCancelled" },
  "Order Refunded": { icon: IconArrowBackUp, family: "order", name: "orderRefunded", tone: "money" },
  "Products Searched": { icon: IconSearch, family: "search", name: "searched" },
  "Product List Viewed": { icon: IconListSearch, family: "search", name: "listViewed" },
  "Product List Filtered": { icon: IconListSearch, family: "search", name: "listFiltered" },
  "Product Viewed": { icon: IconEye, family: "product", name: "productViewed" },
  "Product Clicked": { icon: IconClick, family: "product", name: "productClicked" },
  "Product Added": { icon: IconShoppingCartPlus, family: "product", name: "productAdded" },
  "Product Removed": { icon: IconShoppingCartMinus, family: "product", name: "productRemoved" },
  "Product Added to Wishlist": { icon: IconHeart, family: "product", name: "wishAdded" },
  "Product Removed from Wishlist": { icon: IconHeart, family: "product", name: "wishRemoved" },
  "Product Shared": { icon: IconShare, family: "product", name: "productShared" },
  "Product Reviewed": { icon: IconStar, family: "product", name: "productReviewed" },
  "Cart Viewed": { icon: IconShoppingCart, family: "cart", name: "cartViewed" },
  "Cart Shared": { icon: IconShare, family: "cart", name: "cartShared" },
  "Checkout Started": { icon: IconCreditCard, family: "cart", name: "checkoutStarted" },
  "Checkout Step Viewed": { icon: IconCreditCard, family: "cart", name: "checkoutStep" },
  "Checkout Step Completed": { icon: IconCreditCard, family: "cart", name: "checkoutStepDone" },
  "Payment Info Entered": { icon: IconCreditCard, family: "cart", name: "paymentEntered" },
  "Promotion Viewed": { icon: IconSpeakerphone, family: "promotion", name: "promotionViewed" },
  "Promotion Clicked": { icon: IconSpeakerphone, family: "promotion", name: "promotionClicked" },
  "Coupon Entered": { icon: IconTicket, family: "coupon", name: "couponEntered" },
  "Coupon Applied": { icon: IconTicket, family: "coupon", name: "couponApplied" },
  "Coupon Redeemed": { icon: IconTicket, family: "coupon", name: "couponRedeemed" },
  "Coupon Denied": { icon: IconTicketOff, family: "coupon", name: "couponDenied" },
  "Coupon Removed": { icon: IconTicketOff, family: "coupon", name: "couponRemoved" },
  "Campaign Mailed": { icon: IconMailbox, family: "message", name: "campaignMailed" },
  "Email Sent": { icon: IconMail, family: "message", name: "emailSent" },
  "Email Delivered": { icon: IconMail, family: "message", name: "emailDelivered" },
  "Email Opened": { icon: IconMailOpened, family: "message", name: "emailOpened" },
  "Email Link Clicked": { icon: IconClick, family: "message", name: "emailClicked" },
  "Email Bounced": { icon: IconMailX, family: "message", name: "emailBounced" },
  "Email Marked as Spam": { icon: IconMailX, family: "message", name: "emailSpam" },
  Unsubscribed: { icon: IconMailX, family: "message", name: "unsubscribed", tone: "consent" },
  "Push Notification Received": { icon: IconBell, family: "message", name: "pushReceived" },
  "Push Notification Tapped": { icon: IconBell, family: "message", name: "pushTapped" },
  "SMS Delivered": { icon: IconMessage, family: "message", name: "smsDelivered" },
  "Consent Granted": { icon: IconShieldCheck, family: "consent", name: "consentGranted", tone: "consent" },
  "Consent Withdrawn": { icon: IconShieldX, family: "consent", name: "consentWithdrawn", tone: "consent" },
  "Segment Entered": { icon: IconUserPlus, family: "segment", name: "segmentEntered" },
  "Segment Exited": { icon: IconUserMinus, family: "segment", name: "segmentExited" },
  "Signed In": { icon: IconLogin, family: "other", name: "signedIn", tone: "said" },
  "Signed Up": { icon: IconLogin, family: "other", name: "signedUp", tone: "said" },
};

const TYPES: Record<TimelineEvent["type"], Kind> = {
  identify: { icon: IconId, family: "said", name: "identify", tone: "said" },
  page: { icon: IconBrowser, family: "page", name: "page" },
  screen: { icon: IconDeviceMobile, family: "page", name: "screen" },
  group: { icon: IconUsersGroup, family: "group", name: "group", tone: "said" },
  alias: { icon: IconLink, family: "other", name: "alias", tone: "said" },
  track: { icon: IconPointFilled, family: "other", name: null },
};

/** How an event is shown. */
export function kindOf(event: Pick<TimelineEvent, "type" | "event">): Kind {
  return (event.type === "track" && Object.hasOwn(EVENTS, event.event) ? EVENTS[event.event] : undefined) ?? TYPES[event.type] ?? TYPES.track;
}
