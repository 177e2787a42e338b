export function CoinsScreen() { return null; }
