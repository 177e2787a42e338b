// The page forbids eval, which zod would otherwise try for speed with the first schema that is made. A module that sets it
// comes after the schemas that it imports; what stands here zod finds when it is loaded.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
