/** A certificate for localhost and 127.0.0.1 that signs itself and runs for a hundred years, and its key, which guards nothing. */
export function pemPair(): { readonly cert: string; readonly key: string } {
  return { cert, key };
}

const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUAeQYnE5KU4RtUJjoBUrZagTO+XMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzIyMTcwNVoYDzIxMjYxMTAz
MjIxNzA1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQI9f3xx5DLQd8eDJ+/Q5u/frr0vJre6yIHdkYQpvYx7fPvoxC2AOrD
P71wVH1zkmnyLqxIa0w0gck/gsHhEpPeo28wbTAdBgNVHQ4EFgQUZWjpTFK8fHOk
7VldI58qawy1CMkwHwYDVR0jBBgwFoAUZWjpTFK8fHOk7VldI58qawy1CMkwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgc0tTYuS5pfQpkYNbV6vQwVlvnq1rLYbNn+WayIDcd10CIQDT
pnowLpRfZ+KmWIjujmMU54dHzOxqHjibbR4h3+KtTw==
-----END CERTIFICATE-----
`;

const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2xVnxu1R5zq7CK0+
9KEbzW6ATsdrOo0O642vkHoc/I6hRANCAAQI9f3xx5DLQd8eDJ+/Q5u/frr0vJre
6yIHdkYQpvYx7fPvoxC2AOrDP71wVH1zkmnyLqxIa0w0gck/gsHhEpPe
-----END PRIVATE KEY-----
`;
