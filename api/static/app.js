"use strict";

const PAGE = 50; // songs asked for at once
const LIKE = 20; // neighbours shown
const LABELS = 4; // genres shown
const PAUSE = 180; // ms after the last key before a search
const LOOK = 3000; // ms between two looks at what is being listened to

const $ = (id) => document.getElementById(id);
const list = { cursor: null, loading: false, query: "", shown: 0 };
const looked = { open: 0 };
const asked = { list: null, detail: null }; // one question of each kind is open at a time
let chosen = null;

class Problem extends Error {}

async function get(path, signal) {
  const answer = await fetch(path, { signal, headers: { Accept: "application/json" } });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(body.detail || `the server answered ${answer.status}`);
  return body;
}

function renewed(kind) {
  if (asked[kind]) asked[kind].abort();
  asked[kind] = new AbortController();
  return asked[kind].signal;
}

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

function bar(share) {
  const element = make("div", "bar");
  element.style.setProperty("--share", Math.max(0, Math.min(1, share)));
  element.setAttribute("aria-hidden", "true");
  return element;
}

function note(id, text, bad = false) {
  $(id).textContent = text;
  $(id).classList.toggle("bad", bad);
}

function failed(id, error) {
  if (error.name === "AbortError") return;
  const why = error instanceof Problem ? error.message : "the server does not answer";
  note(id, `That did not work: ${why}`, true);
}

const percent = (share) => `${Math.round(share * 100)} %`;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// ---- rows

function tag(genre) {
  if (!genre || !genre.value) return make("span");
  const shown = make("span", genre.uncertain ? "tag unsure" : "tag", genre.value + (genre.uncertain ? "?" : ""));
  const sure = genre.confidence === null ? "" : `, ${percent(genre.confidence)}`;
  shown.title = `${genre.uncertain ? "perhaps " : ""}${genre.value}${sure}`;
  return shown;
}

function row(song, aside) {
  const item = make("li");
  const button = make("button", "row");
  button.type = "button";
  button.dataset.song = song.id;
  button.append(make("span", "name", song.title), make("span", "by", song.album ? `${song.artist} · ${song.album}` : song.artist));
  aside.classList.add("aside");
  button.append(aside);
  if (song.id === chosen) button.setAttribute("aria-current", "true");
  item.append(button);
  return item;
}

function mark() {
  for (const button of document.querySelectorAll("#songs .row")) {
    if (button.dataset.song === chosen) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

// ---- the list

async function load(more, quiet = false) {
  if (more && (list.loading || list.cursor === null)) return;
  const signal = renewed("list");
  list.loading = true;
  if (!more && !quiet) note("catalogue-note", "Loading…");
  const query = new URLSearchParams({ limit: PAGE, q: list.query });
  if (more) query.set("cursor", list.cursor);
  try {
    const page = await get(`v1/songs?${query}`, signal);
    const rows = page.songs.map((song) => row(song, tag(song.genre)));
    if (more) $("songs").append(...rows);
    else $("songs").replaceChildren(...rows);
    list.shown = $("songs").childElementCount;
    list.cursor = page.next_cursor;
    $("total").textContent = page.total ? page.total.toLocaleString() : "";
    const nothing = list.query ? "No song holds all of these words." : "No songs yet. Add some with: soundkin ingest FOLDER";
    note("catalogue-note", page.total ? "" : nothing);
  } catch (error) {
    failed("catalogue-note", error);
  } finally {
    if (!signal.aborted) {
      list.loading = false;
      $("more").hidden = list.cursor === null;
    }
  }
}

// ---- one song

function line(name, share, value) {
  const shown = make("dd");
  if (share !== null) shown.append(bar(share));
  return [make("dt", "", name), shown, make("dd", "value", value)];
}

function lines(labels) {
  const found = [];
  const genres = Object.entries(labels.genre.probabilities).sort((a, b) => b[1] - a[1]).slice(0, LABELS);
  for (const [name, share] of genres) found.push(...line(name, share, percent(share)));
  if (genres.length && labels.genre.uncertain) found.push(...line("certainty", null, "too little to name one genre"));
  for (const name of ["mood", "quadrant", "cluster"]) {
    const { value, confidence, uncertain } = labels[name];
    if (value !== null) found.push(...line(name, confidence, `${value}${uncertain ? "?" : ""}`));
  }
  for (const name of ["valence", "arousal"]) {
    const { value, low, high } = labels[name];
    if (value !== null) found.push(...line(name, value, low === null ? value.toFixed(2) : `${low.toFixed(2)} to ${high.toFixed(2)}`));
  }
  const { value, low, high } = labels.popularity;
  if (value !== null) found.push(...line("popularity", value / 100, low === null ? value.toFixed(0) : `${low.toFixed(0)} to ${high.toFixed(0)}`));
  return found.length ? found : line("labels", null, "none yet");
}

function hit({ song, score }) {
  const item = row(song, make("span", "", score.toFixed(3)));
  item.firstChild.append(bar(score));
  return item;
}

async function show(id) {
  chosen = id;
  document.body.classList.toggle("chosen", id !== null);
  mark();
  const signal = renewed("detail");
  if (id === null) {
    $("answer").hidden = true;
    $("detail-title").textContent = "More like this";
    $("detail-about").textContent = "";
    note("detail-note", "Choose a song to hear what it sounds like.");
    return;
  }
  note("detail-note", "Listening…");
  const song = `v1/songs/${encodeURIComponent(id)}`;
  const query = new URLSearchParams({ limit: LIKE, exclude_artist: $("others").checked });
  try {
    const [labels, near] = await Promise.all([get(`${song}/labels`, signal), get(`${song}/similar?${query}`, signal)]);
    const about = [near.song.artist, near.song.album, near.song.year, clock(near.song.duration), near.song.genre_tag];
    $("detail-title").textContent = near.song.title;
    $("detail-about").textContent = about.filter(Boolean).join(" · ");
    $("labels").replaceChildren(...lines(labels));
    $("similar").replaceChildren(...near.similar.map(hit));
    $("answer").hidden = false;
    const alone = near.similar.length ? "" : "There is nothing else to compare it with.";
    note("detail-note", near.song.analysed ? alone : "Only some windows of it were heard so far; the rest follows.");
    document.title = `${near.song.title} – Soundkin`;
  } catch (error) {
    if (error.name !== "AbortError") $("answer").hidden = true;
    failed("detail-note", error);
  }
}

// ---- what is being listened to

async function look() {
  try {
    const { counts } = await get("v1/jobs?limit=1");
    const open = counts.queued + counts.running;
    $("work").textContent = open ? `listening to ${open.toLocaleString()} song${open === 1 ? "" : "s"}` : "";
    const reading = $("songs").contains(document.activeElement); // rows are not taken from under somebody's fingers
    if (list.shown < PAGE && !reading && (open || looked.open)) load(false, true);
    looked.open = open;
  } catch {
    $("work").textContent = "";
  }
  setTimeout(look, document.hidden ? 10 * LOOK : LOOK);
}

// ---- events

const here = () => (/^#song=([0-9A-Za-z]{22})$/.exec(location.hash) || [null, null])[1];

function choose(event) {
  const button = event.target.closest(".row");
  if (button) location.hash = `song=${button.dataset.song}`;
}

function step(event) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const buttons = [...event.currentTarget.querySelectorAll(".row")];
  const at = buttons.indexOf(document.activeElement);
  if (!way || at < 0) return;
  event.preventDefault();
  const next = buttons[at + way];
  if (next) next.focus();
}

let pause = 0;
$("q").addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => {
    list.query = $("q").value.trim();
    load(false);
  }, PAUSE);
});
for (const id of ["songs", "similar"]) {
  $(id).addEventListener("click", choose);
  $(id).addEventListener("keydown", step);
}
$("more").addEventListener("click", () => load(true));
$("back").addEventListener("click", () => { location.hash = ""; });
$("others").addEventListener("change", () => show(chosen));
addEventListener("hashchange", async () => {
  await show(here());
  if (chosen !== null) {
    $("detail").scrollTop = 0;
    $("detail").focus({ preventScroll: true });
    if ($("detail").getBoundingClientRect().top < 0) $("detail").scrollIntoView();
  }
  if (chosen === null) document.title = "Soundkin";
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== $("q")) {
    event.preventDefault();
    $("q").focus();
  }
});
new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load(true), { rootMargin: "600px" }).observe($("more"));

load(false);
show(here());
look();
