import { Autocomplete, Button, Group, Stack, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import { done, Failed, Loading, When } from "../parts";
import { useStores, useTell } from "./data";
import type { Store } from "./data";
import { degrees, isZone, zones } from "./place";
import classes from "./Products.module.css";

/** The stores: read by everybody who reads products, told by whoever may tell of those. */
export function Stores() {
  const { t } = useTranslation("products");
  const { may } = useSession();
  const asked = useStores();
  const [opened, open] = useState<Store | "new" | null>(null);
  const stores = asked.data?.stores ?? [];
  const fixed = !may("tell_catalogue");
  if (opened !== null) return <One key={opened === "new" ? "" : opened.store} store={opened === "new" ? null : opened} others={stores} onDone={() => open(null)} />;
  return (
    <Stack gap="sm">
      {asked.error && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.isPending && <Loading rows={4} />}
      {asked.isSuccess && stores.length === 0 && <p className={classes.quiet}>{t("place.none")}</p>}
      {stores.length > 0 && (
        <ul className={classes.stores} aria-label={t("place.title")}>
          {stores.map((each) => (
            <li key={each.store}>
              <span className={classes.called}>
                <strong>{each.name ?? each.store}</strong> <small>{each.store}</small>
                <small className={classes.where}>{[each.zone, each.latitude === null || each.longitude === null ? null : `${each.latitude}, ${each.longitude}`].filter(Boolean).join(" · ") || t("place.nowhere")}</small>
                {each.updated_at && <small className={classes.where}>{t("column.updated")}: <When at={each.updated_at} /></small>}
              </span>
              {!fixed && <Button size="compact-sm" variant="subtle" onClick={() => open(each)} aria-label={t("place.editThis", { name: each.name ?? each.store })}>{t("edit")}</Button>}
            </li>
          ))}
        </ul>
      )}
      {!fixed && <div><Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => open("new")}>{t("place.add")}</Button></div>}
    </Stack>
  );
}

type Typed = Record<"store" | "name" | "zone" | "latitude" | "longitude", string>;
type Wrong = Partial<Record<keyof Typed, string>>;
const DEGREES = { latitude: 90, longitude: 180 } as const;

function One({ store, others, onDone }: { store: Store | null; others: Store[]; onDone: () => void }) {
  const { t } = useTranslation("products");
  const { store: tell } = useTell();
  const [typed, change] = useState<Typed>(typedOf(store));
  const [tried, tryNow] = useState(false);
  const wrong = useWrong(typed, store, others);
  const save = async () => {
    const number = typed.store.trim();
    const zone = typed.zone.trim();
    const said = { store: number, name: typed.name.trim() || number, ...(zone === "" ? {} : { zone }) };
    const [latitude, longitude] = [degrees(typed.latitude, 90), degrees(typed.longitude, 180)];
    await tell.mutateAsync({ ...said, ...(typeof latitude === "number" && typeof longitude === "number" ? { latitude, longitude } : {}) });
    done(t("saved", { name: said.name }));
    onDone();
  };
  const field = (name: keyof Typed) => ({
    label: t(`place.${name}`), value: typed[name], error: tried ? wrong[name] : undefined,
    onChange: (value: string) => change({ ...typed, [name]: value }),
  });
  const plain = (name: keyof Typed) => {
    const { onChange, ...rest } = field(name);
    return { ...rest, onChange: (event: React.ChangeEvent<HTMLInputElement>) => onChange(event.currentTarget.value) };
  };
  return (
    <form
      noValidate
      aria-label={store === null ? t("place.add") : t("place.editThis", { name: store.name ?? store.store })}
      onSubmit={(event) => {
        event.preventDefault();
        tryNow(true);
        if (Object.keys(wrong).length === 0) void save().catch(() => undefined);
      }}
    >
      <Stack gap="sm">
        {store === null ? <TextInput {...plain("store")} description={t("place.storeSays")} required maxLength={500} data-autofocus /> : <p className={classes.quiet}>{t("place.store")}: <code>{store.store}</code></p>}
        <TextInput {...plain("name")} maxLength={2000} />
        <Autocomplete {...field("zone")} description={t("place.zoneSays")} placeholder="Europe/Berlin" data={zones()} limit={20} maxLength={100} autoComplete="off" />
        <div className={classes.pair}>
          <TextInput {...plain("latitude")} inputMode="decimal" placeholder="52.52" maxLength={30} />
          <TextInput {...plain("longitude")} inputMode="decimal" placeholder="13.40" maxLength={30} />
        </div>
        <p className={classes.quiet}>{t("place.coordinatesSay")}</p>
        {tell.error && <Failed error={tell.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone} disabled={tell.isPending}>{t("cancel")}</Button>
          <Button type="submit" loading={tell.isPending}>{t("place.save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function typedOf(store: Store | null): Typed {
  const text = (value: string | number | null | undefined) => (value === null || value === undefined ? "" : String(value));
  return { store: text(store?.store), name: text(store?.name), zone: text(store?.zone), latitude: text(store?.latitude), longitude: text(store?.longitude) };
}

/** What keeps it from being told, in words, by field; what was told once can be changed, and not taken back. */
function useWrong(typed: Typed, store: Store | null, others: Store[]): Wrong {
  const { t } = useTranslation("products");
  const wrong: Wrong = {};
  const number = typed.store.trim();
  if (number === "") wrong.store = t("place.wrong.noNumber");
  else if (store === null && others.some((each) => each.store === number)) wrong.store = t("place.wrong.taken");
  if (typed.zone.trim() !== "" && !isZone(typed.zone.trim())) wrong.zone = t("place.wrong.zone");
  else if (typed.zone.trim() === "" && store?.zone) wrong.zone = t("place.wrong.stays");
  for (const name of ["latitude", "longitude"] as const) {
    const most = DEGREES[name];
    const value = degrees(typed[name], most);
    const other = name === "latitude" ? typed.longitude : typed.latitude;
    if (value === undefined) wrong[name] = t("place.wrong.degrees", { most });
    else if (value === null && typeof store?.[name] === "number") wrong[name] = t("place.wrong.stays");
    else if (value === null && other.trim() !== "") wrong[name] = t("place.wrong.both");
  }
  return wrong;
}
