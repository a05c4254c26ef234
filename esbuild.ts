import("./scripts/build.ts").then((m) => m.build({ production: false, write: true }));
