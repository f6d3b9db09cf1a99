import { join } from "node:path";

/**
 * Where the web app's build is. In a checkout, where this package is `packages/server`, it is where `npm run build` puts
 * it. The package as it is published has it inside: what lies around an installed package is somebody else's.
 */
export const WEB_APP = import.meta.dir.endsWith(join("packages", "server", "src"))
  ? join(import.meta.dir, "../../../apps/web/dist")
  : join(import.meta.dir, "../web");
