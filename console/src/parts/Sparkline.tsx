/** A small line without axes. Values are even in distance; `label` says in words what it shows. */
export function Sparkline({ values, label, width = 96, height = 24, fill }: { values: readonly number[]; label: string; width?: number; height?: number; fill?: boolean }) {
  if (values.length < 2) return <svg width={width} height={height} role="img" aria-label={label} />;
  const [low, high] = [Math.min(...values, 0), Math.max(...values)];
  const span = high - low || 1;
  const points = values.map((value, n) => {
    const x = 1 + (n / (values.length - 1)) * (width - 2);
    const y = height - 2 - ((value - low) / span) * (height - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {fill && <polygon points={`1,${height - 1} ${points.join(" ")} ${width - 1},${height - 1}`} fill="var(--segue-accent)" opacity={0.12} />}
      <polyline points={points.join(" ")} fill="none" stroke="var(--segue-accent)" strokeWidth={1.5} strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}
