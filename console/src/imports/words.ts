/** The API's messages begin small, as they do after a colon; on a line of their own they begin large. */
export function upper(text: string): string {
  const said = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}
