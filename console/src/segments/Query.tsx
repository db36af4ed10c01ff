import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { QueryBuilder } from "react-querybuilder";
import type { Option, OptionGroup, RuleGroupType, ValueEditorProps } from "react-querybuilder";
import { Choice, FieldChoice } from "./Choice";
import { CONSENT, DID, OTHER, SEGMENT } from "./conditions";
import { useVocabulary } from "./data";
import { groupsOf, isAct, namedIn, operatorsOf, usualOperator } from "./fields";
import classes from "./Segments.module.css";
import { useBuilderTexts } from "./texts";
import { Value } from "./Value";
import type { FieldWords } from "./vocabulary";
import { useOffered } from "./vocabulary";
import { useFieldName } from "./words";

const ORDERS: readonly FieldWords[] = ["orders.count", "orders.revenue", "orders.average_basket", "orders.days_since_last"].map((path) => ({ path, kind: "number", values: [] }));

interface Props {
  query: RuleGroupType;
  onChange: (query: RuleGroupType) => void;
  /** The segment that is edited: it cannot rest on itself. */
  self: string | null;
  /** What more can be asked: of the moment and the basket of a decision. */
  more?: readonly FieldWords[];
}

const NOTHING: readonly FieldWords[] = [];

/** Conditions put together by choosing. */
export function Query({ query, onChange, self, more = NOTHING }: Props) {
  const { t } = useTranslation("segments");
  const { traits, segments } = useVocabulary();
  const { fields: offered } = useOffered();
  const texts = useBuilderTexts();
  const nameOf = useFieldName();
  const used = useMemo(() => namedIn(query), [query]);
  const known = useMemo(() => {
    const found = new Map([...more, ...ORDERS, ...offered].map((each) => [each.path, each]));
    // a trait that is newer than what was looked at, or whose values are a map
    for (const name of traits) if (![...found.keys()].some((path) => path === `traits.${name}` || path.startsWith(`traits.${name}.`))) found.set(`traits.${name}`, { path: `traits.${name}`, kind: "mixed", values: [] });
    return found;
  }, [more, offered, traits]);
  const fields = useMemo(() => {
    const acts: OptionGroup<Option> = { label: t("builder.acts"), options: [DID, SEGMENT, CONSENT].map((name) => ({ name, value: name, label: t(`builder.${name as "did"}`) })) };
    const now = more.length > 0 ? ([["context", t("builder.moment")], ["basket", t("builder.basket")]] as const) : [];
    const roots = [...now, ["traits", t("builder.traits")], ["predictions", t("builder.predictions")], ["attributes", t("builder.attributes")], ["orders", t("builder.orders")], ["sessions", t("builder.sessions")]] as const;
    return [acts, ...groupsOf([...known.values()], used.map(({ field }) => field), roots, nameOf)];
  }, [t, known, more, used, nameOf]);
  const operators = (field: string) => {
    if (field === DID || field === SEGMENT || field === OTHER) {
      const only = field === SEGMENT ? "in" : field === DID ? "did" : "is";
      return [{ name: only, value: only, label: "" }];
    }
    if (field === CONSENT) return ["granted", "denied"].map((name) => ({ name, value: name, label: t(`builder.${name as "granted"}`) }));
    return operatorsOf(known.get(field)?.kind ?? "mixed", used.filter((each) => each.field === field).map(({ operator }) => operator)).map(texts.operator);
  };
  const start = (field: string): unknown => (field === DID ? { event: "Order Completed", at_least: 1, within: "30 days" } : field === CONSENT ? { purpose: "marketing", channel: null } : "");
  const first = (field: string) => (field === CONSENT ? "granted" : isAct(field) ? operators(field)[0]!.name : usualOperator(known.get(field)?.kind ?? "mixed"));
  return (
    <QueryBuilder
      query={query} onQueryChange={onChange} fields={fields}
      getOperators={operators} getDefaultValue={({ field }) => start(field)} getDefaultOperator={first}
      showNotToggle resetOnFieldChange addRuleToNewGroups
      context={{ segments: segments.filter((name) => name !== self), known }}
      controlElements={{ valueEditor: Editor, fieldSelector: FieldChoice, operatorSelector: Choice, combinatorSelector: Choice }}
      controlClassnames={{ queryBuilder: classes.query, ruleGroup: classes.group, rule: classes.rule, header: classes.header, body: classes.body }}
      combinators={texts.combinators} translations={texts.translations}
    />
  );
}

function Editor({ field, operator, value, handleOnChange, context, title }: ValueEditorProps) {
  const { segments, known } = context as { segments: string[]; known: ReadonlyMap<string, FieldWords> };
  return <Value field={field} known={known.get(field)} operator={operator} value={value} onChange={handleOnChange} segments={segments} label={title ?? ""} />;
}
