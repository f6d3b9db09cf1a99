import { useConnection } from "@skein/client/react";
import { useEffect } from "react";
import { cancelUnderWay } from "../lib/under-way.ts";
import { useThemeInForce } from "../theme/theme.ts";
import { Toasts } from "../ui/toasts.tsx";
import { TooltipProvider } from "../ui/tooltip.tsx";
import { Frame } from "./frame.tsx";
import { useRoute } from "./router.tsx";
import { useRememberMe } from "./me.ts";
import { forgetOnceOut } from "./pairing.ts";
import { listenToKeys } from "./keyboard.ts";
import { useRefusals } from "./refusals.ts";
import { SignInPage } from "./sign-in-page.tsx";

/** The whole app: signed in, its frame; else the one page that signs in. */
export function App() {
  useThemeInForce();
  useRememberMe();
  useRefusals();
  useEffect(listenToKeys, []);
  const route = useRoute();
  const { state } = useConnection();
  useEffect(() => {
    if (state !== "stopped") return;
    // Also where another tab has signed out.
    cancelUnderWay();
    forgetOnceOut();
  }, [state]);
  return (
    <TooltipProvider delay={400}>
      {route.page === "pair" || state === "stopped" ? <SignInPage pairing={route.page === "pair"} /> : <Frame />}
      <Toasts />
    </TooltipProvider>
  );
}
