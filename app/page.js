/* What Gradio's tabs lack: arrow keys between them, and an address for each (`/?tab=sketchpad`). */
() => {
  const names = ["descent", "inspection", "runs", "sketchpad"];
  const findTabs = () => [...document.querySelectorAll('#gb-tabs [role="tab"]')];

  /* Gradio names a tab's button after the tab's id. */
  const findTab = (name) => findTabs().find((tab) => tab.dataset.tabId === name || tab.id === `${name}-button`);

  const waitForTabs = (act) => {
    if (findTabs().length >= names.length) act();
    else requestAnimationFrame(() => waitForTabs(act));
  };

  const openAddressedTab = () => {
    const name = new URLSearchParams(location.search).get("tab");
    if (names.includes(name)) findTab(name)?.click();
  };

  const rememberTab = (tab) => {
    const name = names.find((each) => findTab(each) === tab);
    if (!name) return;
    const address = new URL(location.href);
    address.searchParams.set("tab", name);
    history.replaceState(history.state, "", address);
  };

  const moveWithKeys = (event) => {
    const tabs = findTabs().filter((tab) => tab.offsetParent !== null);
    const here = tabs.indexOf(document.activeElement);
    if (here < 0) return;
    const last = tabs.length - 1;
    const there = { ArrowRight: here === last ? 0 : here + 1, ArrowLeft: here === 0 ? last : here - 1, Home: 0, End: last }[event.key];
    if (there === undefined) return;
    event.preventDefault();
    tabs[there].click();
    tabs[there].focus();
  };

  waitForTabs(() => {
    openAddressedTab();
    document.addEventListener("keydown", moveWithKeys);
    document.addEventListener("click", (event) => {
      const tab = event.target.closest('#gb-tabs [role="tab"]');
      if (tab) rememberTab(tab);
    });
  });
};
