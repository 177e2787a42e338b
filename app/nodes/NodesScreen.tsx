export function NodesScreen() { return null; }
