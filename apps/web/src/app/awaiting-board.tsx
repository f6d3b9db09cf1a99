import { useConnection } from "@skein/client/react";
import { Button } from "../ui/button.tsx";
import { Empty, SkeletonRows } from "../ui/states.tsx";

/** In place of threads as long as nothing is known of them: the server is asked, or out of reach. */
export function AwaitingBoard() {
  const { state, retryNow } = useConnection();
  if (state !== "offline") return <SkeletonRows rows={6} label="Loading threads" />;
  return (
    <Empty action={<Button onClick={retryNow}>Try now</Button>}>
      The server is out of reach. Your threads show as soon as it is back.
    </Empty>
  );
}
