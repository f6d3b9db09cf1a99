/** Where an action or a key belongs, in the help sheet and in the palette. */
export type Place = "Everywhere" | "Threads" | "In a thread" | "Prompt" | "Search" | "Settings";

/** What can be done, as it is known everywhere. */
export type KnownAction = {
  /** What it does, for the palette, menus and the help sheet. */
  label: string;
  place: Place;
  /**
   * The keys, as `event.key` says them, in lower case, with `mod+` for ⌘ on Apple's systems and Ctrl elsewhere: `k`, `?`,
   * `mod+k`, `mod+alt+enter`, `escape escape` (twice within half a second).
   */
  keys?: string;
  /** Also while the person types in a field; only sensible with `mod+` or `escape`. */
  whileTyping?: true;
  /** Done over and over while the key is held down; all else is done once. */
  repeats?: true;
  /** Other words that the palette finds it by. */
  words?: string;
  /** `keys`: moves about, and means nothing in a list. `help`: a key of a field, which the field itself hears. */
  only?: "keys" | "help";
};

/**
 * Everything that can be done by key or from the palette, and every key there is: the one list that the help sheet shows.
 * What is in force at a moment is what components have registered with `useActions`.
 */
export const ACTIONS = {
  palette: { label: "Commands", place: "Everywhere", keys: "mod+k", whileTyping: true, only: "keys" },
  new: { label: "New thread", place: "Everywhere", keys: "n", words: "start create" },
  search: { label: "Search everything", place: "Everywhere", keys: "/", words: "find" },
  help: { label: "All keys", place: "Everywhere", keys: "?", words: "keyboard shortcuts help" },
  close: { label: "Close what lies over the page", place: "Everywhere", keys: "escape", only: "help" },
  connection: { label: "Check the connection", place: "Everywhere", words: "reconnect retry now online" },

  previousThread: { label: "Previous thread", place: "Threads", keys: "[", repeats: true },
  nextThread: { label: "Next thread", place: "Threads", keys: "]", repeats: true },
  nextWaiting: { label: "Next thread that needs you", place: "Threads", keys: "w", words: "waiting permission" },

  nextItem: { label: "Next item", place: "In a thread", keys: "j", repeats: true, only: "keys" },
  previousItem: { label: "Previous item", place: "In a thread", keys: "k", repeats: true, only: "keys" },
  openItem: { label: "Open or fold the item", place: "In a thread", keys: "o", only: "keys" },
  allow: { label: "Allow what the focused request asks", place: "In a thread", keys: "a", only: "keys" },
  deny: { label: "Deny what the focused request asks", place: "In a thread", keys: "d", only: "keys" },
  answer: { label: "Go to what the agent asks", place: "In a thread", words: "answer permission question allow" },
  answerQuestion: {
    label: "Answer the question, from its fields",
    place: "In a thread",
    keys: "mod+enter",
    only: "help",
  },
  stop: {
    label: "Stop the running turn",
    place: "In a thread",
    keys: "escape escape",
    whileTyping: true,
    words: "cancel",
  },
  toEnd: { label: "Go to the end", place: "In a thread", keys: "e", words: "latest newest bottom" },
  prompt: { label: "Write a prompt", place: "In a thread", keys: "i", words: "input" },
  panel: { label: "Open or close the panel", place: "In a thread", keys: "p", words: "side" },
  plan: { label: "Show the plan", place: "In a thread", keys: "1", words: "panel todo" },
  changes: { label: "Show the changes", place: "In a thread", keys: "2", words: "panel diff files" },
  allChanges: { label: "Show all changes, large", place: "In a thread", keys: "c", words: "diff files review" },
  queue: { label: "Show the queue", place: "In a thread", keys: "3", words: "panel prompts" },
  details: { label: "Show the details", place: "In a thread", keys: "4", words: "panel usage cost tokens" },
  rename: { label: "Rename", place: "In a thread", keys: "r", words: "title" },
  resume: { label: "Resume", place: "In a thread", words: "continue interrupted" },
  copyLink: { label: "Copy link", place: "In a thread", words: "address url share" },
  exportMarkdown: { label: "Export as Markdown", place: "In a thread", words: "save download" },
  exportJson: { label: "Export as JSON", place: "In a thread", words: "save download" },
  archive: { label: "Archive", place: "In a thread", words: "put away remove" },

  start: { label: "Start the new thread", place: "Prompt", keys: "mod+enter", whileTyping: true, only: "keys" },
  send: { label: "Send, or queue while the agent works", place: "Prompt", keys: "enter", only: "help" },
  newLine: { label: "New line", place: "Prompt", keys: "shift+enter", only: "help" },
  sendAnywhere: {
    label: "Send, from anywhere in the thread",
    place: "Prompt",
    keys: "mod+enter",
    whileTyping: true,
    only: "keys",
  },
  sendNow: {
    label: "Send now: stop the running turn and go on with this",
    place: "Prompt",
    keys: "mod+alt+enter",
    whileTyping: true,
    only: "keys",
  },
  earlier: { label: "Earlier prompts, in an empty box", place: "Prompt", keys: "arrowup", only: "help" },
  commands: { label: "The agent's commands, at the start", place: "Prompt", keys: "/", only: "help" },
  files: { label: "Name a file", place: "Prompt", keys: "@", only: "help" },

  firstResult: { label: "To the first result, from the field", place: "Search", keys: "enter", only: "help" },
  nextResult: { label: "Next result", place: "Search", keys: "arrowdown", only: "help" },
  previousResult: { label: "Previous result, or the field", place: "Search", keys: "arrowup", only: "help" },

  settings: { label: "Settings", place: "Settings", words: "preferences" },
  pair: { label: "Sign in another device", place: "Settings", words: "pair phone qr" },
  light: { label: "Light theme", place: "Settings", words: "bright" },
  dark: { label: "Dark theme", place: "Settings", words: "night" },
  system: { label: "Theme as the system has it", place: "Settings", words: "automatic" },
  signOut: { label: "Sign out", place: "Settings", words: "log out leave" },
} as const satisfies Record<string, KnownAction>;

export type ActionName = keyof typeof ACTIONS;

/** An action as any of them is, whatever its own line leaves out. */
export const knownAction = (name: ActionName): KnownAction => ACTIONS[name];
