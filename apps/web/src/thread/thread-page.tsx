import { Page, PageHeading } from "../app/page.tsx";
import { SkeletonRows } from "../ui/states.tsx";

/** A thread: its timeline, its prompt box, its side panel. */
export default function ThreadPage({ thread }: { thread: string }) {
  return (
    <Page title={thread} header={<PageHeading>{thread}</PageHeading>}>
      <SkeletonRows rows={4} label="Loading the thread" />
    </Page>
  );
}
