/**
 * Every state the wire contract was in, the newest last: the protocol's version, the SHA-256 of its canonical JSON
 * Schema, and what changed. A change that a peer of the version before would misunderstand raises
 * `PROTOCOL_VERSION`; any other is a new line of the same version.
 */
export const HISTORY: readonly { version: number; hash: string; note: string }[] = [
  { version: 1, hash: "724249683d6879cdaf5a0ccf3f8aa739cdb5072db828c29aef2d12b352c4c5f0", note: "The first." },
  {
    version: 1,
    hash: "3dffcc1338d53e6a5628fa38d28568cb10d4cd6558d975af320290b1c56ce8e4",
    note: "What is not known of a terminal's exit may be absent.",
  },
  {
    version: 1,
    hash: "116ac902a0971bdc2b6ea6e3d4b5ff730e24d7f2f2936c9d3311f1bd28e46362",
    note: "Queries token.list, token.revoke, token.pair and directories.list.",
  },
  {
    version: 1,
    hash: "df802e0061d1bd8d26afc5b2c7e9867dfd5849ca38cc90bc1862fc39ef4501e7",
    note: "Command thread.requeue, a queued turn's order, and query files.find.",
  },
  {
    version: 1,
    hash: "6871ae0e3a6f422c5fb292ab7d08a19820926e2eb6370540ae96edb7f1355a54",
    note: "Limits windowBytes and historyPageBytes.",
  },
  {
    version: 1,
    hash: "cb9217e4d362d2252386bf3e30498054bf1aa87d68dfc9087b75dd186ed8cc17",
    note: "What is not known of a tool call or of a plan's entry is kept in `unknown`.",
  },
  {
    version: 1,
    hash: "5994342495a90a3ddc4b7e84976829c533619b6d13ab35c0097fe31668f8f46b",
    note: "A notice may say how often it was told.",
  },
  {
    version: 1,
    hash: "d5f98847847c32982c139ecc07f89b2cb73770787077e453fb6fde5ac9f7249b",
    note: "A thread's outcome, and its card's.",
  },
  {
    version: 1,
    hash: "11d5f52a76d99ea9c97ae7f8540298e9d4018b536bad8c08db8a518592b3e2a6",
    note: "What an agent offers, and files.find below a directory.",
  },
  {
    version: 1,
    hash: "ac362133f5d33dfe9d28a3c31df19e478230e002e0476626c5b00e889a249a50",
    note: "A token's last use, and query token.rename.",
  },
  {
    version: 1,
    hash: "8b586466e36e94ac534ee9c4a97a1225eea42eff2b1889d366103f78c988b96d",
    note: "What is not known of a message, a block, a location and a tool's content is kept in `unknown`.",
  },
  {
    version: 1,
    hash: "9a848f312656eb5c46573de003cf335bca2cbb8fe42f2796931b360411d5935a",
    note: "What an agent offers has its slash commands.",
  },
  {
    version: 1,
    hash: "74483efac731110bcf612df1eb1d37d5e98a880d321e7c21328db120fc6cf53b",
    note: "Limit answersMs: for how long a command's key is known.",
  },
  {
    version: 1,
    hash: "7500bb34e4ed26685887c91a106f9a6fdb11268cd487e7bf6fc1691855c0f006",
    note: "A diff whose texts are in blobs says its file and counts its lines.",
  },
  {
    version: 1,
    hash: "8602de5f8a2b6a58c2f087b5142b44104dda77ac348bfaa6c36fdffb77e9219b",
    note: "The answer to hello tells the server's time.",
  },
  {
    version: 1,
    hash: "3cc197b632fd6d69cdbef98e6d6ca58a9f001d2387349fe8fbb002241d560f53",
    note: "Query snapshot, and descriptions of statuses, commits and changes.",
  },
  {
    version: 1,
    hash: "f777f5a6c05bae7caafa4aa592bc116aaa5bae5735dc6f7256c1a0060fb58b5f",
    note: "subscribe goes on from an earlier epoch: `moves` asks for it, `moved` in the answer says so.",
  },
  {
    version: 1,
    hash: "a53da216f17bd5cef46e440cb2f5d1167978eaafb9e9433d85cf07ac1a90b0c5",
    note: "A tool call's live: the text it has grown by while it runs.",
  },
  {
    version: 1,
    hash: "429f8cc70fd592246d8df7d19b8dfcd2d4181e51b5483dc6265c1846f4f91a7c",
    note: "thread.cancel names its turn and says what becomes of the queue; a thread tells that it is held.",
  },
  {
    version: 1,
    hash: "43625c6c8469db6bf67865d9f5e8aa5f6a8684213a48265d5a1a4992cc105108",
    note: "maxHz is 0.01 at least.",
  },
  {
    version: 1,
    hash: "a74c759770711dc91bb4f949a606a358f1917f3278a0030c3890d8244e6fe90a",
    note: "A thread tells that it waits until one more agent may run.",
  },
  {
    version: 1,
    hash: "a4196bdac39576502de4bf6b1527ad96ae230172ed513f15d890a3a47ac63dd5",
    note: "Notification problem, and the same in the answer to hello: what keeps the server from accepting work.",
  },
];
