import { useClient, useConnection } from "@skein/client/react";
import { useState, type ReactNode } from "react";
import { useLasting } from "../../lib/use-lasting.ts";
import { useTheme, type Theme } from "../../theme/theme.ts";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Page, PageHeading } from "../page.tsx";
import { leave } from "../pairing.ts";
import { KeyList } from "../key-list.tsx";
import { Devices } from "./devices.tsx";

/** This device's settings, and who else may come in. */
export default function SettingsPage() {
  return (
    <Page title="Settings" header={<PageHeading>Settings</PageHeading>}>
      <div className="h-full overflow-y-auto pb-safe">
        <div className="mx-auto max-w-(--measure) space-y-10 px-4 py-6 medium:px-6">
          <Section title="Theme" about="On this device.">
            <ThemeChoice />
          </Section>
          <Section
            title="Devices and tokens"
            about="Everything that can sign in as you. Whoever has one of these can do all that you can: run agents, and so commands, on the server."
          >
            <Devices />
          </Section>
          <Section title="Keyboard" about="Press ? on any page to see all keys.">
            <KeyList />
          </Section>
          <Section title="This device">
            <About />
          </Section>
        </div>
      </div>
    </Page>
  );
}

function Section({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="text-title font-semibold">{title}</h2>
      {about && <p className="mt-0.5 mb-3 max-w-140 text-small text-ink-2">{about}</p>}
      {children}
    </section>
  );
}

const THEMES: readonly { value: Theme; name: string }[] = [
  { value: "system", name: "System" },
  { value: "light", name: "Light" },
  { value: "dark", name: "Dark" },
];

function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  return (
    <fieldset className="inline-flex rounded-control border border-line-strong bg-surface-1 p-0.5">
      <legend className="sr-only">Theme</legend>
      {THEMES.map(({ value, name }) => (
        <label
          key={value}
          className={classNames(
            "flex h-7 cursor-pointer items-center rounded-[4px] px-3 text-small has-focus-visible:outline-2 has-focus-visible:outline-accent pointer-coarse:h-11 pointer-coarse:px-5",
            theme === value ? "bg-surface-3 font-medium text-ink-1" : "text-ink-2 hover:text-ink-1",
          )}
        >
          <input
            type="radio"
            name="theme"
            value={value}
            checked={theme === value}
            onChange={() => setTheme(value)}
            className="sr-only"
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

function About() {
  const client = useClient();
  const { hello } = useConnection();
  const [leaving, setLeaving] = useState(false);
  const lasts = useLasting(leaving);
  const signOut = async (): Promise<void> => {
    setLeaving(true);
    await leave(client);
    setLeaving(false);
  };
  return (
    <div className="mt-2 flex flex-wrap items-center justify-between gap-3 text-small text-ink-2">
      <div>
        <p>
          {hello ? `Signed in to ${location.host} as ${hello.user.name}. Server version ${hello.server.version}.` : " "}
        </p>
        <a
          href="/third-party.txt"
          target="_blank"
          rel="noreferrer"
          className="underline underline-offset-2 pointer-coarse:inline-flex pointer-coarse:min-h-11 pointer-coarse:items-center"
        >
          Third-party licences
        </a>
      </div>
      <Button variant="danger" pending={leaving} onClick={() => void signOut()}>
        {lasts ? "Signing out…" : "Sign out"}
      </Button>
    </div>
  );
}
