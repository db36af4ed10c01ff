import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { QueryBuilder } from "react-querybuilder";
import type { RuleGroupType, ValueEditorProps } from "react-querybuilder";
import { Choice, FieldChoice } from "./Choice";
import { groupsOf, namedIn, operatorsOf, usualOperator } from "./fields";
import classes from "./Segments.module.css";
import { Plain } from "./Plain";
import { useBuilderTexts } from "./texts";
import { useOffered } from "./vocabulary";
import type { FieldWords } from "./vocabulary";
import { partOf } from "./words";

interface Props {
  query: RuleGroupType;
  onChange: (query: RuleGroupType) => void;
  /** Names of the events that are asked. */
  events: readonly string[];
}

/** Conditions on an event itself: on its properties, its products, where it came from. */
export function Where({ query, onChange, events }: Props) {
  const { t } = useTranslation("segments");
  const { inEvents } = useOffered();
  const texts = useBuilderTexts();
  const name = events.join(" ");
  const known = useMemo(() => inEvents(name === "" ? [] : events), [inEvents, name]); // eslint-disable-line react-hooks/exhaustive-deps
  const used = useMemo(() => namedIn(query), [query]);
  const roots = [["properties", t("builder.properties")], ["products", t("builder.products")], ["source channel store device daypart value", t("builder.wherefrom")], ["context", t("builder.context")]] as const;
  const fields = groupsOf(known, used.map(({ field }) => field), roots, partOf);
  const kindOf = (path: string) => known.find((each) => each.path === path)?.kind ?? "mixed";
  return (
    <QueryBuilder
      query={query} onQueryChange={onChange} fields={fields}
      getOperators={(field) => operatorsOf(kindOf(field), used.filter((each) => each.field === field).map(({ operator }) => operator)).map(texts.operator)}
      getDefaultOperator={(field) => usualOperator(kindOf(field))} getDefaultValue={() => ""}
      showNotToggle resetOnFieldChange addRuleToNewGroups
      context={{ known }}
      controlElements={{ valueEditor: Editor, fieldSelector: FieldChoice, operatorSelector: Choice, combinatorSelector: Choice }}
      controlClassnames={{ queryBuilder: classes.query, ruleGroup: classes.group, rule: classes.rule, header: classes.header, body: classes.body }}
      combinators={texts.combinators} translations={texts.translations}
    />
  );
}

function Editor({ field, operator, value, handleOnChange, context, title }: ValueEditorProps) {
  const { known } = context as { known: readonly FieldWords[] };
  return <Plain field={known.find((each) => each.path === field)} operator={operator} value={value} onChange={handleOnChange} label={title ?? ""} />;
}
