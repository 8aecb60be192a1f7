// The select of places of use 在哪里使用.

import { part } from "./elements.js";

/** Fill the select of places: counties below their city, and the cities themselves as coarse answers. */
export function fillPlaces(tables) {
  const select = part("[data-place-select]");
  const regions = Object.entries(tables?.regions ?? {}).sort(([left], [right]) => left.localeCompare(right));
  const counties = regions.filter(([code]) => !code.endsWith("00"));
  const cities = [...new Set(counties.map(([code]) => `${code.slice(0, 4)}00`))];
  select.replaceChildren(option("", "请选择 Choose"), ...cities.map((city) => cityGroup(city, counties, tables)));
}

function cityGroup(city, counties, tables) {
  const group = document.createElement("optgroup");
  const name = tables.regions[city];
  group.label = name ?? city;
  const inside = counties.filter(([code]) => code.startsWith(city.slice(0, 4))).map(([code, county]) => option(code, county));
  group.append(...inside, ...(name ? [option(city, `${name}（未定到县）`)] : []));
  return group;
}

function option(value, text) {
  const element = document.createElement("option");
  element.value = value;
  element.textContent = text;
  return element;
}
