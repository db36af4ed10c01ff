/** Which picture stands for which kind and channel: one table, so that a thing looks the same everywhere. */
import {
  IconAddressBook, IconBell, IconBrowser, IconBuildingStore, IconCashRegister, IconCookie, IconCreditCard, IconDeviceMobile, IconDeviceTablet,
  IconFileText, IconFingerprint, IconHeadset, IconMail, IconMailbox, IconMessage, IconMessageCircle, IconPhone, IconPlugConnected, IconPointFilled,
  IconServer, IconShoppingBag, IconUser, IconUserHeart, IconDevices,
} from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";

const KINDS: Record<string, Icon> = {
  user_id: IconUser,
  email: IconMail,
  phone: IconPhone,
  loyalty_card: IconCreditCard,
  device_id: IconDevices,
  anonymous_id: IconCookie,
};

const CHANNELS: Record<string, Icon> = {
  store: IconBuildingStore,
  pos: IconCashRegister,
  till: IconCashRegister,
  kiosk: IconDeviceTablet,
  associate: IconUserHeart,
  shop: IconShoppingBag,
  crm: IconAddressBook,
  direct_mail: IconMailbox,
  push: IconBell,
  messenger: IconMessageCircle,
  web: IconBrowser,
  app: IconDeviceMobile,
  mobile: IconDeviceMobile,
  email: IconMail,
  phone: IconPhone,
  sms: IconMessage,
  server: IconServer,
  file: IconFileText,
  service: IconHeadset,
  partner: IconPlugConnected,
};

/** The icon of a kind of identifier. */
export function iconOfKind(kind: string): Icon {
  return KINDS[kind] ?? IconFingerprint;
}

/** The icon of a channel; of one's own ("till_berlin") that of what its name begins with. */
export function iconOfChannel(channel: string): Icon {
  return CHANNELS[channel] ?? CHANNELS[channel.split(/[_-]/)[0]!] ?? IconPointFilled;
}
