/* Runs before any of Gradio's scripts. Gradio 6.31's loading screen leaves a clock running that nobody sees and that
   asks for every frame for ever: a tenth of a core, taken from what trains beside the page. Its clocks, which count
   seconds, tick once a second here. Gradio keeps its own reference to this function, so it is replaced first. */
(() => {
  const request = window.requestAnimationFrame.bind(window);
  const isClock = (act) => /performance\.now\(\)\s*-.*\/\s*1e3/.test(Function.prototype.toString.call(act));
  window.requestAnimationFrame = (act) => {
    if (!isClock(act)) return request(act);
    setTimeout(() => request(act), 1000);
    return 0;
  };
})();
