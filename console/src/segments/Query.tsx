import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { QueryBuilder } from "react-querybuilder";
import type { Option, OptionGroup, RuleGroupType, ValueEditorProps } from "react-querybuilder";
import { Choice } from "./Choice";
import { CONSENT, DID, OPERATORS, OTHER, SEGMENT } from "./conditions";
import { useVocabulary } from "./data";
import classes from "./Segments.module.css";
import { Value } from "./Value";
import { fieldOf } from "./words";

/** Attributes that nearly every shop knows; others are typed. */
const ATTRIBUTES = ["country", "city", "language", "age", "income", "gender", "household_size", "first_name", "last_name", "email"];
const ORDERS = ["orders.count", "orders.revenue", "orders.average_basket", "orders.days_since_last"];

interface Props {
  query: RuleGroupType;
  onChange: (query: RuleGroupType) => void;
  /** The segment that is edited: it cannot rest on itself. */
  self: string | null;
}

/** Conditions put together by choosing. */
export function Query({ query, onChange, self }: Props) {
  const { t } = useTranslation("segments");
  const { traits, segments } = useVocabulary();
  const named = useMemo(() => fieldsIn(query), [query]);
  const fields = useMemo(() => {
    const group = (label: string, names: readonly string[]): OptionGroup<Option> => ({ label, options: names.map((name) => ({ name, value: name, label: fieldOf(name) })) });
    const attributes = [...new Set([...ATTRIBUTES.map((name) => `attributes.${name}`), ...named.filter((name) => name.startsWith("attributes."))])];
    const traitNames = [...new Set([...traits.map((name) => `traits.${name}`), ...named.filter((name) => name.startsWith("traits."))])];
    const rest = named.filter((name) => !/^(traits|attributes|did$|consent$|segment$|other$)/.test(name) && !ORDERS.includes(name));
    const acts: OptionGroup<Option> = { label: t("builder.acts"), options: [DID, SEGMENT, CONSENT].map((name) => ({ name, value: name, label: t(`builder.${name as "did"}`) })) };
    return [acts, group(t("builder.traits"), traitNames), group(t("builder.attributes"), attributes), group(t("builder.orders"), [...ORDERS, ...rest])];
  }, [t, traits, named]);
  const operators = (field: string) => {
    const plain = (names: readonly string[]) => names.map((name) => ({ name, value: name, label: t(`op.${name as "="}`, { field: "" }).trim() }));
    if (field === DID || field === SEGMENT || field === OTHER) return [{ name: field === SEGMENT ? "in" : field === DID ? "did" : "is", value: field === SEGMENT ? "in" : field === DID ? "did" : "is", label: "" }];
    if (field === CONSENT) return ["granted", "denied"].map((name) => ({ name, value: name, label: t(`builder.${name as "granted"}`) }));
    return plain(OPERATORS);
  };
  const start = (field: string): unknown => (field === DID ? { event: "Order Completed", at_least: 1, within: "30 days" } : field === CONSENT ? { purpose: "marketing", channel: null } : "");
  return (
    <QueryBuilder
      query={query} onQueryChange={onChange} fields={fields}
      getOperators={operators} getDefaultValue={({ field }) => start(field)} getDefaultOperator={(field) => (field === DID ? "did" : field === SEGMENT ? "in" : field === CONSENT ? "granted" : ">=")}
      showNotToggle resetOnFieldChange addRuleToNewGroups
      context={{ segments: segments.filter((name) => name !== self) }}
      controlElements={{ valueEditor: Editor, fieldSelector: Choice, operatorSelector: Choice, combinatorSelector: Choice }}
      controlClassnames={{ queryBuilder: classes.query, ruleGroup: classes.group, rule: classes.rule, header: classes.header, body: classes.body }}
      combinators={[{ name: "and", value: "and", label: t("builder.all") }, { name: "or", value: "or", label: t("builder.any") }]}
      translations={{
        addRule: { label: t("builder.addRule"), title: t("builder.addRule") }, addGroup: { label: t("builder.addGroup"), title: t("builder.addGroup") },
        removeRule: { label: "×", title: t("builder.removeRule") }, removeGroup: { label: "×", title: t("builder.removeGroup") },
        combinators: { title: t("builder.combinator") }, fields: { title: t("builder.field"), placeholderLabel: t("builder.field"), placeholderName: "", placeholderGroupLabel: "" },
        operators: { title: t("builder.operator"), placeholderLabel: "", placeholderName: "", placeholderGroupLabel: "" }, value: { title: t("builder.value") }, notToggle: { label: t("builder.not"), title: t("builder.not") },
      }}
    />
  );
}

function Editor({ field, operator, value, handleOnChange, context, title }: ValueEditorProps) {
  const { segments } = context as { segments: string[] };
  return <Value field={field} operator={operator} value={value} onChange={handleOnChange} segments={segments} label={title ?? ""} />;
}

/** Every field that a query names. */
function fieldsIn(group: RuleGroupType): string[] {
  return group.rules.flatMap((each) => ("rules" in each ? fieldsIn(each) : [each.field]));
}
