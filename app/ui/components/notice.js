// A notice shows one entry of the player's answers.

const notice = element.querySelector(".gb-notice");

function showText(text) {
  notice.replaceChildren();
  if (!text) return;
  const line = document.createElement("p");
  text.split("**").forEach((part, index) => {
    const piece = document.createElement(index % 2 ? "b" : "span");
    piece.textContent = part;
    line.appendChild(piece);
  });
  notice.appendChild(line);
}

showText(keptProps.text);
listen(notice, (answer) => {
  if (keptProps.field in answer) showText(answer[keptProps.field]);
});
