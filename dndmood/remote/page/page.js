"use strict";

// What was told last, and when by this page's own clock, in ms.
let now = null;
let toldAt = 0;
let heardS = 0;
let movedAt = 0;
let source = null;
let tries = 0;
let timer = 0;
let state = "connecting"; // connecting, open, lost, over

const SILENT_MS = 5000; // the server says something at least every two seconds
const STALLED_MS = 4500;
const SPEECH_S = 1.5;
const WAITS_MS = [300, 1000, 2000, 3000, 5000];
const SPANS_MIN = [5, 10, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];

const $ = (id) => document.getElementById(id);
const body = document.body;

function put(id, text) {
  const element = $(id);
  if (element.textContent !== text) element.textContent = text;
}

function time(seconds, hours) {
  const whole = Math.max(0, Math.floor(seconds));
  const h = Math.floor(whole / 3600);
  const m = Math.floor(whole / 60) % 60;
  const s = String(whole % 60).padStart(2, "0");
  return h || hours ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

function hoursMinutes(seconds) {
  const whole = Math.floor(seconds / 60);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const stalled = () => performance.now() - movedAt > STALLED_MS;

// Audio time by this page's clock: the server tells it every two seconds.
function audioS() {
  if (!now) return 0;
  return heardS + (state !== "open" || stalled() ? 0 : (performance.now() - toldAt) / 1000);
}

// ---- the connection

function connect() {
  clearTimeout(timer);
  if (source) source.close();
  source = new EventSource("events");
  const mine = source;
  const heard = (seconds) => {
    if (mine !== source) return;
    toldAt = performance.now();
    if (seconds !== heardS || !movedAt) movedAt = toldAt;
    heardS = seconds;
    tries = 0;
    if (state !== "open" && !(now && now.over)) change("open");
  };
  source.onmessage = (event) => {
    if (mine !== source) return;
    now = JSON.parse(event.data);
    heard(now.heard_s);
    draw();
  };
  source.addEventListener("beat", (event) => heard(Number(event.data)));
  source.addEventListener("over", () => {
    if (mine === source) ended();
  });
  source.onerror = () => {
    if (mine === source) lost();
  };
  timer = setTimeout(watch, 1000);
}

// A phone in a dead spot gets no error: nothing comes any more.
function watch() {
  if (state === "open" && performance.now() - toldAt > SILENT_MS) lost();
  else timer = setTimeout(watch, 1000);
}

function lost() {
  source.close();
  if (state !== "over") change("lost");
  again();
}

function ended() {
  source.close();
  change("over");
  again();
}

function again() {
  clearTimeout(timer);
  const wait = WAITS_MS[Math.min(tries, WAITS_MS.length - 1)];
  tries += 1;
  timer = setTimeout(knock, state === "over" ? 5000 : wait);
}

// Asks for the page first: an address that is no longer right is told apart from a lost network.
async function knock() {
  try {
    const answer = await fetch("./", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (answer.status === 404) {
      notice("This address is no longer right: scan the code on the game master's screen again.");
      again();
      return;
    }
    connect();
  } catch {
    again();
  }
}

function change(to) {
  state = to;
  body.classList.toggle("lost", to === "lost");
  body.classList.toggle("over", to === "over");
  if (to === "lost") notice("The connection to dndmood is lost. Trying again …");
  else if (to === "over") notice("The evening is over: dndmood has ended. This page comes back with the next one.");
  else notice("");
  for (const button of document.querySelectorAll("button")) button.disabled = to !== "open";
  lamp();
}

function notice(text) {
  $("notice").hidden = !text;
  put("notice", text);
}

addEventListener("offline", () => { if (state === "open") lost(); });
addEventListener("online", () => { tries = 0; if (state !== "open") knock(); });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && (state !== "open" || performance.now() - toldAt > SILENT_MS)) {
    tries = 0;
    if (state === "open") lost(); else knock();
  }
});

// ---- what buttons ask for

async function ask(wish, button) {
  button.classList.add("busy");
  try {
    const answer = await fetch("do", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wish),
      signal: AbortSignal.timeout(4000),
    });
    if (!answer.ok) passing(await answer.text());
  } catch {
    passing("That did not arrive: press it again.");
  } finally {
    button.classList.remove("busy");
  }
}

function passing(text) {
  if (state !== "open") return;
  notice(text);
  setTimeout(() => { if (state === "open") notice(""); }, 4000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !now) return;
  const data = button.dataset;
  if (data.switch) {
    const is = data.switch === "pause" ? now.paused : now.silent;
    ask({ do: data.switch, on: !is }, button);
  } else if (data.do) {
    const wish = { do: data.do };
    if (data.mood) wish.mood = data.mood;
    if (data.place !== undefined) wish.place = data.place;
    if (data.change) wish.change_db = Number(data.change);
    ask(wish, button);
  }
});

// ---- the picture

function draw() {
  const master = now.role === "master";
  body.classList.remove("waiting");
  body.classList.toggle("guest", !master);
  body.classList.toggle("silent", now.silent);
  body.classList.toggle("mute", now.music.mute);
  $("dock").hidden = !master;
  drawMood(master);
  drawMusic();
  drawPlace(master);
  if (master) {
    drawMoods();
    drawProblems();
    $("automatic").setAttribute("aria-pressed", String(Boolean(now.mood && !now.mood.forced)));
    drawSwitch("silence", now.silent, "Silence", "Sound");
    drawSwitch("pause", now.paused, "Pause", "Listen");
  }
  tick();
}

function drawSwitch(id, on, off, back) {
  $(id).setAttribute("aria-pressed", String(on));
  put(id, on ? back : off);
}

const moodOf = (name) => now.moods.find((one) => one.name === name) || { name, title: name, colour: "#4a4358" };

function drawMood(master) {
  if (!now.mood) {
    put("mood-title", "…");
    put("why", "waiting for the first sound");
    return;
  }
  const mood = moodOf(now.mood.name);
  body.style.setProperty("--mood", mood.colour);
  put("mood-title", mood.title);
  put("why", master ? now.mood.why : "");
  put("outlook", master ? now.mood.outlook : "");
}

function drawMusic() {
  const music = now.music;
  const db = Math.round(now.volume_db);
  put("volume-text", now.silent ? "silenced" : `volume ${db > 0 ? "+" : db < 0 ? "−" : ""}${Math.abs(db)} dB`);
  put("track", music.now ? music.now.title : music.mute ? "no music can be heard" : music.why || "nothing plays");
  put("next", music.next ? `then ${music.next}` : "");
}

function drawPlace(master) {
  const known = now.places;
  $("place").hidden = !now.place && !known.length;
  const place = now.place;
  const more = place ? (place.forced ? ", by hand" : "") + (place.ambience ? ", its ambience plays" : "") : "";
  put("place-now", place ? place.title + more : "nobody knows yet");
  if (!master) return;
  const wanted = known.length ? [{ name: "", title: "By the words" }, ...known] : [];
  for (const button of document.querySelectorAll("#ambience button")) button.hidden = !known.length;
  rebuild($("places"), wanted.map((one) => one.name + " " + one.title), wanted, (one) => {
    const button = element("button", one.title);
    button.type = "button";
    button.dataset.do = "place";
    button.dataset.place = one.name;
    return button;
  });
  for (const button of $("places").children) {
    const here = now.place && now.place.name === button.dataset.place && now.place.forced;
    const free = !button.dataset.place && !(now.place && now.place.forced);
    const chosen = Boolean(here || free);
    if (chosen && button.getAttribute("aria-pressed") !== "true") bringIntoView(button);
    button.setAttribute("aria-pressed", String(chosen));
  }
}

// Moves the row alone: the page stays where the thumb is.
function bringIntoView(button) {
  const row = button.parentElement;
  const [inner, outer] = [button.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}

function drawMoods() {
  rebuild($("moods"), now.moods.map((one) => one.name + one.title + one.colour), now.moods, (one) => {
    const button = element("button", "");
    button.type = "button";
    button.dataset.do = "force";
    button.dataset.mood = one.name;
    button.style.setProperty("--colour", one.colour);
    button.append(element("span", one.title, "title"), element("span", "", "percent"), element("span", "", "share"));
    return button;
  });
  for (const button of $("moods").children) {
    const share = (now.shares || {})[button.dataset.mood];
    button.setAttribute("aria-pressed", String(Boolean(now.mood && now.mood.name === button.dataset.mood)));
    button.querySelector(".percent").textContent = share === undefined ? "" : `${Math.round(share * 100)} %`;
    button.querySelector(".share").style.transform = `scaleX(${share || 0})`;
  }
}

function drawProblems() {
  const every = now.problems;
  $("problems").hidden = !every.length;
  rebuild($("problem-list"), every.map((one) => one.at_s + one.text + one.stands), every, (one, index) => {
    const item = element("li", "", one.solved ? "solved" : one.stands || index === 0 ? "new" : "");
    item.append(element("time", time(one.at_s, true)), element("span", one.text));
    return item;
  });
}

function drawStrip() {
  const heard = audioS();
  const whole = 60 * (SPANS_MIN.find((minutes) => heard < minutes * 60) || Math.ceil(heard / 60));
  const pieces = now.strip.map(([name, from], index) => {
    const until = index + 1 < now.strip.length ? now.strip[index + 1][1] : heard;
    return { mood: moodOf(name), share: Math.max(until - from, 0) / whole };
  });
  const wide = $("strip").clientWidth;
  rebuild($("strip"), [...pieces.map((one) => one.mood.name + one.mood.title), "rest"], [...pieces, null], (one) => {
    const piece = element("div", one ? one.mood.title : "", one ? "" : "rest");
    if (one) {
      piece.style.background = one.mood.colour;
      piece.title = one.mood.title;
    }
    return piece;
  });
  [...$("strip").children].forEach((piece, index) => {
    const share = pieces[index] ? pieces[index].share : 1 - pieces.reduce((sum, one) => sum + one.share, 0);
    piece.style.flex = `${Math.max(share, 0)} 0 0`;
    piece.classList.toggle("narrow", Boolean(pieces[index]) && share * wide < pieces[index].mood.title.length * 7.5 + 10);
  });
  put("strip-end", hoursMinutes(whole));
  const changes = Math.max(now.strip.length - 1, 0);
  put("changes", changes === 1 ? "1 change" : `${changes} changes`);
}

function element(kind, text, name) {
  const made = document.createElement(kind);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
}

// Makes the children anew only when what they are has changed: a finger may be on one.
function rebuild(parent, keys, values, make) {
  const key = JSON.stringify(keys);
  if (parent.dataset.key === key) return;
  parent.dataset.key = key;
  parent.replaceChildren(...values.map(make));
  for (const button of parent.querySelectorAll("button")) button.disabled = state !== "open";
}

function lamp() {
  const heard = audioS();
  const quiet = state !== "open" || !now || now.paused || stalled() || heardS === 0;
  body.classList.toggle("listening", !quiet);
  body.classList.toggle("speech", !quiet && now.spoken_s !== null && heard - now.spoken_s <= SPEECH_S);
  const text = state === "open" && now
    ? now.paused ? "paused, nobody is heard" : stalled() || heardS === 0 ? "hears nothing" : body.classList.contains("speech") ? "listening: speech" : "listening"
    : state === "over" ? "the evening is over" : state === "lost" ? "no connection" : "connecting";
  put("lamp-text", text);
}

// What moves with time alone.
function tick() {
  lamp();
  if (!now) return;
  const heard = audioS();
  put("clock", time(heard, true));
  if (now.mood) put("ruler", `${now.mood.forced ? "by hand" : "automatic"}, for ${time(heard - now.mood.since_s)}`);
  const track = now.music.now;
  if (track) {
    const place = track.length_s ? Math.min(track.place_s + heard - track.at_s, track.length_s) : track.place_s + heard - track.at_s;
    put("times", track.length_s ? `${time(place)} / ${time(track.length_s)}` : time(place));
    $("progress-fill").style.transform = `scaleX(${track.length_s ? place / track.length_s : 0})`;
  } else {
    put("times", "");
    $("progress-fill").style.transform = "scaleX(0)";
  }
  drawStrip();
}

setInterval(tick, 500);
connect();
