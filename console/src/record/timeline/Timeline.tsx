/** Everything that came of her, newest first. */
export default function Timeline({ personId: _personId }: { personId: string }) {
  return null;
}
