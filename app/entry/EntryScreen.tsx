export function EntryScreen() { return null; }
