import { useConnection } from "@skein/client/react";
import { useEffect, useRef, useState } from "react";

let tell: (text: string) => void = () => {};

/** Says something to screen readers in passing. */
export const announce = (text: string): void => tell(text);

/** Where screen readers hear that another page has come, and that the connection went or came back. Once, in the frame. */
export function Announcements() {
  const [said, setSaid] = useState("");
  const { state } = useConnection();
  const wasOffline = useRef(false);
  useEffect(() => {
    tell = setSaid;
    return () => void (tell = () => {});
  }, []);
  useEffect(() => {
    if (state === "offline") setSaid("Offline: what you do waits for the connection.");
    else if (state === "live" && wasOffline.current) setSaid("Connected again.");
    if (state === "offline" || state === "live") wasOffline.current = state === "offline";
  }, [state]);
  return (
    <p role="status" className="sr-only" data-announcements>
      {said}
    </p>
  );
}
