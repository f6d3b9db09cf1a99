import { Button } from "../ui/button.tsx";
import { Empty } from "../ui/states.tsx";
import { Page, PageHeading } from "./page.tsx";
import { navigate } from "./router.tsx";

/** An address that leads nowhere. */
export function MissingPage() {
  return (
    <Page title="Not found" header={<PageHeading>Not found</PageHeading>}>
      <Empty action={<Button onClick={() => navigate("/")}>All threads</Button>}>
        There is nothing at this address.
      </Empty>
    </Page>
  );
}
