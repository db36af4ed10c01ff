import { ActionIcon, Tooltip } from "@mantine/core";
import { IconShoppingCart, IconTimelineEvent } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { useSession } from "../../app/session";
import { ChannelIcon } from "../../parts/Channel";
import { Empty } from "../../parts/Empty";
import { useFormat } from "../../parts/format";
import { Money } from "../../parts/Figures";
import { Section } from "../../parts/Section";
import { SourceBadge } from "../../parts/SourceBadge";
import { Tag } from "../../parts/Tag";
import type { Tone } from "../../parts/Tag";
import { When } from "../../parts/When";
import type { GoldenRecord, Order } from "../data";
import { toEvent } from "../timeline/place";
import classes from "./Overview.module.css";
import { useFirst } from "./useFirst";

const TONES: Record<Order["state"], Tone> = { completed: "ok", cancelled: "wrong", partly_refunded: "watch", refunded: "watch" };

const AT_FIRST = 6;

/** Her latest orders. */
export function Orders({ record: { orders } }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const format = useFormat();
  const [shown, more] = useFirst(orders.recent, AT_FIRST);
  const all = orders.count + orders.cancelled;
  return (
    <Section title={t("orders.title")} aside={all > orders.recent.length && t("orders.latest", { count: orders.recent.length, all: format.number(all) })} flush>
      {orders.recent.length === 0 && <Empty icon={IconShoppingCart} small>{t("orders.none")}</Empty>}
      <ul className={classes.rows}>
        {shown.map((order) => <One key={`${order.source}${order.order_id}`} order={order} />)}
      </ul>
      {more}
    </Section>
  );
}

function One({ order }: { order: Order }) {
  const { t } = useTranslation("record");
  const format = useFormat();
  return (
    <li>
      <ChannelIcon channel={order.channel} size={18} />
      <div className={classes.words}>
        <div className={classes.line}>
          <When at={order.placed_at} as="both" />
          {order.state !== "completed" && <Tag tone={TONES[order.state]}>{t(`orders.state.${order.state}`)}</Tag>}
          {order.claimed && <Tag tone="watch" title={t("provenance.claimedSays")}>{t("provenance.claimed")}</Tag>}
        </div>
        <div className={classes.fine}>
          {order.store && <span>{t("orders.store", { store: order.store })}</span>}
          <span>{t("orders.items", { count: order.items, number: format.number(order.items) })}</span>
          {order.coupon && <span>{t("orders.coupon", { coupon: order.coupon })}</span>}
          <span>{t("orders.id", { id: order.order_id })}</span>
          <SourceBadge source={order.source} />
        </div>
      </div>
      <div className={classes.end}>
        <strong><Money amount={order.value} currency={order.currency} /></strong>
        {Number(order.refunded) > 0 && <small>−<Money amount={order.refunded} currency={order.currency} /></small>}
      </div>
      <ToEvent at={order.placed_at} source={order.source} label={t("orders.show", { id: order.order_id })} />
    </li>
  );
}

/** A way to that moment in the timeline. */
export function ToEvent({ at, source, label }: { at: string; source: string; label: string }) {
  const { t } = useTranslation("record");
  const { may } = useSession();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  if (!may("timeline")) return null;
  const go = () => {
    const [to, options] = toEvent({ at, source });
    void navigate({ ...to, search: search.toString() }, options);
  };
  return (
    <Tooltip label={t("toTimeline")}>
      <ActionIcon variant="subtle" color="gray" size={28} aria-label={label} onClick={go}><IconTimelineEvent size={16} stroke={1.75} /></ActionIcon>
    </Tooltip>
  );
}
