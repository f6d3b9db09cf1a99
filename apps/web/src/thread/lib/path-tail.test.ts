import { expect, test } from "bun:test";
import { pathTail } from "./path-tail.ts";

test("a path that is too long begins later, at a whole part; its last part is there in any case", () => {
  expect(pathTail("/srv/project", 20)).toBe("/srv/project");
  expect(pathTail("/home/ada/work/skein/apps/web", 20)).toBe("…/skein/apps/web");
  expect(pathTail("/home/ada/a-directory-with-a-very-long-name", 20)).toBe("…/a-directory-with-a-very-long-name");
});
