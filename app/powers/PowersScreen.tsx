export function PowersScreen() { return null; }
