export function ResultTab() { return null; }
