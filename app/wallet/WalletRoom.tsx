export function WalletRoom() {
  return null;
}
