type PemPair = { readonly cert: string; readonly key: string };

/** A certificate for localhost and 127.0.0.1 that signs itself and runs for a hundred years, and its key, which guards nothing. */
export function pemPair(): PemPair {
  return { cert, key };
}

/** The same for node.example, and for no other name. */
export function exampleSitePair(): PemPair {
  return { cert: exampleCert, key: exampleKey };
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

const exampleCert = `-----BEGIN CERTIFICATE-----
MIIBnjCCAUSgAwIBAgIUQb11fzmCL/wkHWWXsj1a6/VpuzswCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMbm9kZS5leGFtcGxlMCAXDTI2MTIwMTA0MTkzNFoYDzIxMjYx
MTA3MDQxOTM0WjAXMRUwEwYDVQQDDAxub2RlLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAR9/EkYOQTKgTD8GrUxXJg0w+VxeE00MdQmdb6yCfliQe2B
5Ic/42XIkUT39fCcGsq2phOiyOMVxYyPF8jsNk40o2wwajAdBgNVHQ4EFgQU5mSJ
Qqb43Vs51/NqkbWzb/FwNC4wHwYDVR0jBBgwFoAU5mSJQqb43Vs51/NqkbWzb/Fw
NC4wDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxub2RlLmV4YW1wbGUwCgYI
KoZIzj0EAwIDSAAwRQIgaaPQuYtfnBxVFiDsrpNORXUuf1O6TAn9qYubIOtBnRcC
IQCQ8pr6tRnoDFCFiD2DRUW8yUEYFts6xYCoo9cPnIAcdQ==
-----END CERTIFICATE-----
`;

const exampleKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggtgVFSEhytkGyHWL
VQe8WsYT6/oB7saGADOSxjuGxm+hRANCAAR9/EkYOQTKgTD8GrUxXJg0w+VxeE00
MdQmdb6yCfliQe2B5Ic/42XIkUT39fCcGsq2phOiyOMVxYyPF8jsNk40
-----END PRIVATE KEY-----
`;
