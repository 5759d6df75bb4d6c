// The chosen run: its heading, how far it has come, and what can be done with it.

// `root` is a .gb-runs-focus. The owner does what is asked for: onAct(action), onRename(name), onFile(file), onPause(),
// onLeave(), onTrainOn(settings).
function createChosenRun(root, { onAct, onRename, onFile, onPause, onLeave, onTrainOn }) {
  const heading = root.querySelector("h3");
  const form = root.querySelector(".gb-runs-title form");
  const field = form.querySelector("input");
  const progress = root.querySelector("progress");
  const error = root.querySelector(".gb-runs-error");
  const link = root.querySelector(".gb-runs-link");
  const spoken = root.querySelector(".gb-runs-spoken");
  const checkpoint = root.querySelector('a[data-file="checkpoint"]');
  const trainOn = createTrainOn(root.querySelector(".gb-runs-on"),
    { onStart: onTrainOn, onClose: () => button("train-on").focus() });
  const button = (name) => root.querySelector(`button[data-act="${name}"], button[data-do="${name}"]`);

  let card = null;
  let ownerKey = "";       // of that run, where this browser has it
  let said = "";           // what was spoken last of this run

  function show(newCard, { isPaused, key, isOwned }) {
    const isOther = card?.id !== newCard.id;
    card = newCard;
    ownerKey = key;
    if (isOther) {
      closeForm();
      link.hidden = true;
      trainOn.hide();
      tellError("");
    }
    root.dataset.status = card.status;
    root.dataset.run = card.id;
    setText(heading, card.name ? `${card.name}: ${card.title}` : card.title);
    setText(root.querySelector(".gb-runs-settings"), card.settings);
    setText(root.querySelector(".gb-runs-details"), card.details || "");
    const live = isGoing(card);
    const isMoving = live && !card.share;  // a bar without a value moves by itself
    if (isMoving) progress.removeAttribute("value");
    else if (progress.getAttribute("value") !== String(card.share)) progress.setAttribute("value", card.share);
    showActions(live, isPaused, isOwned);
    speak(isOther);
  }

  function showActions(live, isPaused, isOwned) {
    const isExample = card.id === EXAMPLE;
    const isWaiting = card.status === "waiting";
    const isFollowed = isLive(card.status) && !isWaiting;
    const isHidden = { stop: !live || !isOwned, keep: !isFollowed || !isOwned, pause: !isFollowed,
      resume: !card.can_resume || !isOwned, "train-on": !card.can_train_on, rename: isExample || !isOwned, link: isExample, key: !ownerKey,
      delete: isExample || !isOwned, leave: isOwned };
    root.querySelector(".gb-runs-whose").hidden = isOwned;
    button("link").title = card.has_owner ? "Whoever has the link can look at this run, compare and download it"
      : "Whoever has the link sees this run and can change it";
    for (const [name, hidden] of Object.entries(isHidden)) button(name).hidden = hidden;
    button("delete").disabled = live && !isWaiting;
    button("delete").title = button("delete").disabled ? "Stop it first" : "It can be undone for ten seconds";
    setText(button("pause"), isPaused ? "Go on" : "Pause the view");
    button("pause").setAttribute("aria-pressed", isPaused);
    for (const file of ["svg", "png"]) root.querySelector(`button[data-file="${file}"]`).hidden = !card.num_steps;
    checkpoint.hidden = !card.checkpoint;
    if (checkpoint.dataset.path !== card.checkpoint) {
      const path = card.checkpoint.split("/").map(encodeURIComponent).join("/");
      checkpoint.href = `gradio_api/file=${path}`;
      checkpoint.dataset.path = card.checkpoint;
    }
  }

  // Politely, and not with every update: the state when it changes, and every whole epoch.
  function speak(isOther) {
    const state = card.status === "running" ? "Training" : card.text;
    const words = [card.label, state, card.validation && `validation accuracy ${card.validation}`,
      card.test && `test accuracy ${card.test}`].filter(Boolean).join(", ");
    if (words === said) return;
    if (!isOther) setText(spoken, words);
    said = words;
  }

  function tellError(text) {
    setText(error, text);
  }

  function setBusy(isBusy) {
    for (const each of root.querySelectorAll("button[data-act]")) each.classList.toggle("is-busy", isBusy);
  }

  function closeForm() {
    form.hidden = true;
    heading.hidden = false;
  }

  function openForm() {
    form.hidden = false;
    heading.hidden = true;
    field.value = card.name;
    field.placeholder = card.title;
    field.focus();
    field.select();
  }

  function showLink() {
    return showCopy("Link to this run", `${location.origin}${location.pathname}?tab=runs&run=${card.id}`);
  }

  // Never in the link, which is to be shared.
  function showKey() {
    return showCopy("Owner\u2019s key", ownerKey);
  }

  async function showCopy(label, text) {
    const input = link.querySelector("input");
    link.hidden = false;
    setText(link.querySelector("label span"), label);
    input.value = text;
    input.select();
    let message = "Copy it from here.";
    try {
      await navigator.clipboard.writeText(text);
      message = "Copied.";
    } catch {
      // A page that is not served securely may not write to the clipboard.
    }
    setText(link.querySelector('[role="status"]'), message);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    closeForm();
    button("rename").focus();
    onRename(field.value);
  });
  form.querySelector('button[type="button"]').addEventListener("click", () => {
    closeForm();
    button("rename").focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeForm();
    button("rename").focus();
  });
  button("rename").addEventListener("click", openForm);
  button("link").addEventListener("click", showLink);
  button("key").addEventListener("click", showKey);
  button("leave").addEventListener("click", onLeave);
  button("pause").addEventListener("click", onPause);
  button("train-on").addEventListener("click", () => trainOn.open(card));
  for (const each of root.querySelectorAll("button[data-act]")) each.addEventListener("click", () => onAct(each.dataset.act));
  for (const each of root.querySelectorAll("button[data-file]")) each.addEventListener("click", () => onFile(each.dataset.file));
  return { show, tellError, setBusy };
}

function fileName(card) {
  return `glassbox-${card.title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${card.id.slice(0, 6)}`;
}

// Hand a content in base64 to the browser as a file.
function saveFile({ name, type, content }) {
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
