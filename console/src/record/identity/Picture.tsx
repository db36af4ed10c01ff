import "@xyflow/react/dist/base.css";
import { Button, useComputedColorScheme } from "@mantine/core";
import { Background, Controls, Handle, Position, ReactFlow } from "@xyflow/react";
import type { Edge, Node, NodeProps } from "@xyflow/react";
import { useMemo, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import { iconOfKind } from "../../parts/icons";
import { useNames } from "../../parts/names";
import { useWide } from "../../parts/VirtualRows";
import { arrange, fewer, NODE } from "./graph";
import type { IdentityView, Placed } from "./graph";
import classes from "./Picture.module.css";
import { OUT, strokeOf } from "./strokes";
import type { Stroke } from "./strokes";

interface Props {
  view: IdentityView;
  /** Links to stand out, such as a way between two identifiers. */
  marked?: readonly string[];
  /** The link whose proof is open. */
  chosen?: string | null;
  /** The identifier that is told of. */
  told?: string | null;
  onLink: (linkId: string) => void;
  onIdentifier?: (fragmentId: string) => void;
}

type IdentifierNode = Node<{ placed: Placed; marked: boolean; dim: boolean }, "identifier">;
const NODE_TYPES = { identifier: OneIdentifier };
const MOST_DEVICES = 27;
const NARROW = { zoom: 0.62, height: 380 };
const FIT = { padding: 0.12, maxZoom: 1.15 };

/** The identity graph: her identifiers, and the links by which they are one person. */
export default function Picture({ view, marked = [], chosen = null, told = null, onLink, onIdentifier }: Props) {
  const { t } = useTranslation("identity");
  const scheme = useComputedColorScheme("light");
  const names = useNames();
  const wide = useWide();
  const [all, setAll] = useState(false);
  const shown = useMemo(() => (all ? view : fewer(view, MOST_DEVICES, endsOf(view, [...marked, chosen]))), [view, all, marked, chosen]);
  const left = view.identifiers.length - shown.identifiers.length;
  const picture = useMemo(() => arrange(shown), [shown]);
  const ends = useMemo(() => {
    const found = new Set<string>();
    for (const edge of picture.edges) if (marked.includes(edge.id)) found.add(edge.source).add(edge.target);
    return found;
  }, [picture, marked]);
  const nodes = picture.nodes.map<IdentifierNode>((placed) => ({
    id: placed.id,
    type: "identifier",
    position: { x: placed.x, y: placed.y },
    // known beforehand: a node that has yet to be measured is hidden, and what is hidden takes no focus or loses it
    ...NODE,
    data: { placed, marked: ends.has(placed.id) || placed.id === told, dim: marked.length > 0 && !ends.has(placed.id) },
    ariaLabel: `${names.kind(placed.identifier.kind)}: ${placed.identifier.value}`,
  }));
  const edges = picture.edges.map<Edge>(({ id, source, target, link, beside }) => {
    const stroke = strokeOf(link);
    const stands = id === chosen || marked.includes(id);
    return {
      id,
      source,
      target,
      sourceHandle: beside ? "beside" : "out",
      targetHandle: "in",
      // a curve would be a straight line along the column
      type: beside ? "smoothstep" : "default",
      pathOptions: beside ? { borderRadius: 10, offset: 20 } : undefined,
      ariaLabel: t("link.of", { tier: names.tier(link.tier) }),
      style: {
        stroke: stroke.colour,
        strokeWidth: stands ? stroke.width + 2 : stroke.width,
        strokeDasharray: stroke.dash,
        opacity: marked.length > 0 && !stands ? 0.25 : 1,
      },
      interactionWidth: 22,
    };
  });
  // a node or a line has the focus: Enter and Space choose it
  const pressed = (event: KeyboardEvent) => {
    const on = event.target as HTMLElement;
    const id = on.dataset.id;
    if (id === undefined || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (on.classList.contains("react-flow__node")) onIdentifier?.(id);
    else onLink(id);
  };
  return (
    <>
      <div className={classes.frame} onKeyDown={pressed}>
        <ReactFlow
          key={`${all}-${wide}`}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          colorMode={scheme}
          fitView={wide}
          fitViewOptions={FIT}
          defaultViewport={{ x: 14, y: (NARROW.height - picture.height * NARROW.zoom) / 2, zoom: NARROW.zoom }}
          minZoom={0.15}
          maxZoom={1.75}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable
          preventScrolling={false}
          zoomOnScroll={false}
          proOptions={{ hideAttribution: true }}
          onEdgeClick={(_, edge) => onLink(edge.id)}
          onNodeClick={(_, node) => onIdentifier?.(node.id)}
        >
          <Background gap={22} size={1} color="var(--segue-line-strong)" />
          <Controls showInteractive={false} aria-label={t("picture.controls")} />
        </ReactFlow>
      </div>
      <Legend view={shown} />
      {left > 0 && <Button className={classes.all} size="compact-sm" variant="subtle" onClick={() => setAll(true)}>{t("picture.all", { count: left })}</Button>}
    </>
  );
}

/** The identifiers at the ends of these links. */
function endsOf(view: IdentityView, links: readonly (string | null)[]): Set<string> {
  return new Set(view.links.filter((link) => links.includes(link.link_id)).flatMap((link) => link.between));
}

function OneIdentifier({ data }: NodeProps<IdentifierNode>) {
  const { t } = useTranslation("identity");
  const format = useFormat();
  const { identifier, role } = data.placed;
  const Icon = iconOfKind(identifier.kind);
  return (
    <div className={classes.node} data-role={role} data-marked={data.marked || undefined} data-dim={data.dim || undefined} title={identifier.value}>
      <Handle id="in" type="target" position={Position.Left} className={classes.handle} isConnectable={false} />
      <Icon size={20} stroke={1.6} className={classes.icon} aria-hidden />
      <div className={classes.words}>
        <div className={classes.value}>{identifier.value}</div>
        <div className={classes.since}>
          {role === "shared" ? t("picture.nobodys") : t("picture.since", { date: format.date(identifier.first_seen), source: identifier.source })}
        </div>
      </div>
      <Handle id="beside" type="source" position={Position.Left} className={classes.handle} isConnectable={false} />
      <Handle id="out" type="source" position={Position.Right} className={classes.handle} isConnectable={false} />
    </div>
  );
}

/** What the lines of this picture mean; only those that are in it. */
function Legend({ view }: { view: IdentityView }) {
  const { t } = useTranslation("identity");
  const names = useNames();
  const tiers = [...new Set(view.links.filter((link) => link.active).map((link) => link.tier))];
  return (
    <div className={classes.legend}>
      {tiers.map((tier) => (
        <span key={tier}><Line stroke={strokeOf({ tier, active: true })} />{names.tier(tier)}</span>
      ))}
      {view.links.some((link) => !link.active) && <span><Line stroke={OUT} />{t("picture.out")}</span>}
    </div>
  );
}

function Line({ stroke }: { stroke: Stroke }) {
  return (
    <svg width="30" height="8" aria-hidden>
      <line x1="0" y1="4" x2="30" y2="4" stroke={stroke.colour} strokeWidth={stroke.width} strokeDasharray={stroke.dash} />
    </svg>
  );
}
