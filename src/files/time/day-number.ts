/** Day 25569 of a spreadsheet is 1970-01-01; the last one taken is in 2099. */
const epochDay = 25_569;
const lastDay = 73_050;

/** The date and time that a spreadsheet's day number stands for (`45658.5` is `2025-01-01 12:00`); undefined for another cell. */
export function readDayNumber(cell: string): string | undefined {
  const text = cell.trim().replace(',', '.');
  if (!/^\d{5}(?:\.\d+)?$/.test(text)) return undefined;
  const day = Number(text);
  if (day < epochDay || day > lastDay) return undefined;
  const minutes = Math.round((day - epochDay) * 1440);
  return new Date(minutes * 60_000).toISOString().slice(0, 16).replace('T', ' ');
}
