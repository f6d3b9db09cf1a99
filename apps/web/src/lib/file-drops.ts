const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** Files dropped where nothing takes them would make the browser leave the app and open them: they are refused. */
export function refuseFileDrops(): void {
  const refuse = (event: DragEvent): void => {
    if (event.defaultPrevented || !carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  };
  window.addEventListener("dragover", refuse);
  window.addEventListener("drop", refuse);
}

/**
 * Takes files dropped anywhere in the window. A drag enters each part of the page before it leaves the one before, so
 * that it is over the page as long as there are more of these than of those.
 * @param onOver Told when files come over the window, and when they go or are dropped.
 * @returns How to stop.
 */
export function takeFileDrops(onOver: (over: boolean) => void, onFiles: (files: readonly File[]) => void): () => void {
  let entered = 0;
  const become = (count: number): void => {
    const [was, is] = [entered > 0, count > 0];
    entered = Math.max(0, count);
    if (was !== is) onOver(is);
  };
  const enter = (event: DragEvent): void => {
    if (carriesFiles(event)) become(entered + 1);
  };
  const leave = (event: DragEvent): void => {
    if (carriesFiles(event)) become(entered - 1);
  };
  const over = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  };
  const drop = (event: DragEvent): void => {
    become(0);
    if (!carriesFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    onFiles([...event.dataTransfer.files]);
  };
  document.addEventListener("dragenter", enter);
  document.addEventListener("dragleave", leave);
  document.addEventListener("dragover", over);
  document.addEventListener("drop", drop);
  return () => {
    document.removeEventListener("dragenter", enter);
    document.removeEventListener("dragleave", leave);
    document.removeEventListener("dragover", over);
    document.removeEventListener("drop", drop);
  };
}
