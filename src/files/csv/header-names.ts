import type { UnitName } from '../../domain/units.ts';
import { isRefusedUnit, unitNamed } from '../../domain/units.ts';

/**
 * What a column may hold, going by its name. `stamp` is a date and time in one that says neither start nor end; `month`
 * stands for a date where nothing else does.
 */
export type NamedRole = 'start' | 'end' | 'stamp' | 'date' | 'time' | 'month' | 'value' | 'unit' | 'quality' | 'meter';

export interface NamedColumn {
  readonly role: NamedRole | undefined;
  /** True when a start or end column's name speaks of a time but not of a date: `START TIME` beside `DATE`. */
  readonly timeOnlyName: boolean;
  /** The unit in the name: `Usage (kWh)`, `energy_wh`. */
  readonly unit: UnitName | undefined;
  /** A unit in the name that cannot become kWh by itself: `CCF`. */
  readonly refusedUnit: string | undefined;
  /** True when the name says that the value is a meter's count, not an interval's energy: `Register (kWh)`. */
  readonly register: boolean;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const startWords = words(
  'start starting begin begins beginning beginn started from von anfang début debut inicio desde inizio da begintijd van início inicial starttid fra från alkuaika alku',
);
const endWords = words(
  'end ending ends ende ended stop to bis until fin hasta fine eind eindtijd tot fim slut sluttid til till loppuaika loppu',
);
const dateWords = words('date datum day tag jour fecha día dia giorno dag dato päivä päivämäärä pvm');
/** Beside `data`, which is a date in Portuguese, Italian, Polish and Romanian, and data in English: `Data`, `Data e hora`. */
const besideData = words('data e i y od do ora da de leitura lettura odczytu pomiaru');
const monthWords = words('month monat mois mes mese maand måned månad mês');
const timeWords = words(
  'time zeit uhrzeit hour stunde heure hora ora tijd tijdstip uur tid aika kellonaika tidspunkt klokkeslæt tidpunkt',
);
const stampWords = words('datetime timestamp zeitstempel zeitpunkt timestep horodatage horodate zeitraum');
const valueWords = words(
  'usage use used consumption consumed energy value generation generated production produced verbrauch energie wert import export delivered received net load demand power leistung reading quantity yield erzeugung bezug lieferung einspeisung leistungswert energieverbrauch stromverbrauch consommation énergie valeur consumo energía valor generación consumi valore verbruik waarde opbrengst geração förbrukning förbrukad värde forbrug værdi elforbrug produktion energi volume menge mængde mengde mängd forbruk määrä kulutus hoeveelheid quantité cantidad quantità',
);
const strangerWords = words(
  'cost costs price prices bill amount usd eur dollar dollars charge charges temperature temp tariff rate rates notes note id number no name address account type duration currency zone timezone created updated modified revision due issue issued paid printed max min maximum minimum days fee fees',
);
const registerWords = words('register registers cumulative zählerstand zaehlerstand lifetime odometer index');
const unitWords = words(
  'unit units uom einheit unité unite unidad unità unita eenheid unidade enhed enhet måleenhed maßeinheit masseinheit yksikkö yksikkötyyppi',
);
const qualityWords = words(
  'quality status flag estimated estimate validation geschätzt geschaetzt qualität qualitaet ersatzwert statut estado stato état kvalitet qualité calidad',
);

/** Money, or what is emitted, for each unit of energy: `Preis (ct/kWh)`, `gCO2/kWh`, `pence per kWh`. */
const perUnit =
  /(?:\p{L}*preis\p{L}*|\p{L}*kosten|prix|precio|prezzo|prijs|pris|costo?|coste|coût|co2\p{L}*|\p{L}*co2|co₂\p{L}*|g?co₂|carbon|emissions?|intensity|emissionen)(?=$|[^\p{L}\p{N}])|(?:^|[^\p{L}\p{N}])per[ _]?[kmg]?wh(?=$|[^\p{L}\p{N}])|(?:^|[^\p{L}\p{N}])(?:ct|cents?|c|p|pence|eur|euro|usd|gbp|aud|cad|chf|sek|dkk|nok|dollars?|g|kg|lbs?)\s*(?:\/|per|pro|par|por)\s*\p{L}*wh/iu;

/** Words of a header cell in lower case; a cubic metre keeps its ³. */
function wordsOf(name: string): readonly string[] {
  return (
    name
      .normalize('NFC')
      .toLowerCase()
      .replace(/(kilo|mega|)watt[\s_-]?hours?/g, (_, prefix: string) => `${prefix.slice(0, 1)}wh`)
      // An hour apart from its watts is still one unit; a watt for each hour is none, and means either.
      .replace(/(?<!\p{L})([kmg]?w)(?:\s*[.·⋅*-]\s*|\s+)(?:h|hrs?|hours)(?![\p{L}])/gu, '$1h')
      .replace(/(?<!\p{L})([kmg]?w)\s*\/\s*(?:h|hr|hour)(?![\p{L}])/gu, '$1perhour')
      // The hour of the day is no day.
      .replace(/(hour|time) of (?:the )?day(?!\s*period)/g, '$1')
      .split(/[^\p{L}\p{N}³]+/u)
      .filter((word) => word !== '')
  );
}

/** `Data` alone: a date where no other column is one. */
export const isBareData = (name: string): boolean => /^\W*data\W*$/i.test(name);

/** Recognises a column by its header, in the manner of utility, inverter and metering exports. */
export function recogniseColumn(name: string): NamedColumn {
  const all = wordsOf(name);
  const bracketed = new Set([...name.matchAll(/[([]([^)\]]*)[)\]]/g)].flatMap((match) => wordsOf(match[1] ?? '')));
  // A lone W is a unit only where the name makes it one: brackets, or a column of power.
  const isUnitWord = (word: string): boolean =>
    word !== 'w' || bracketed.has('w') || all.includes('power') || all.includes('leistung') || all.length === 1;
  const found = all.filter((word) => unitNamed(word) !== undefined && isUnitWord(word));
  // `Water Heater-WH (kWatts)`: what stands in brackets is the unit.
  const unitWord = found.find((word) => bracketed.has(word)) ?? found[0];
  const unit = unitWord === undefined ? undefined : unitNamed(unitWord);
  const refusedUnit = all.find((word) => isRefusedUnit(word));
  const rest = all.filter((word) => word !== unitWord);
  const has = (set: ReadonlySet<string>): boolean => rest.some((word) => set.has(word));
  const isData =
    rest.includes('data') &&
    rest.every((word) => [besideData, timeWords, startWords, endWords].some((set) => set.has(word)));
  const column = (role: NamedRole | undefined): NamedColumn => ({
    role,
    timeOnlyName: has(timeWords) && !has(dateWords) && !isData && !has(stampWords),
    unit,
    refusedUnit,
    register:
      has(registerWords) || (rest.includes('meter') && rest.some((word) => word === 'reading' || word === 'read')),
  });

  if (/[$€£]/.test(name)) return column(undefined);
  if (has(unitWords)) return column('unit');
  const aboutTime = has(dateWords) || isData || has(timeWords) || has(stampWords);
  if (unit === undefined && refusedUnit === undefined) {
    if (rest.some((word) => word === 'meter' || word === 'esiid' || word === 'nmi') && !aboutTime && !has(valueWords)) {
      return column('meter');
    }
    // `Read Type` says whether a reading was taken or estimated; a type of anything else is none of it.
    if (rest.includes('type') && (rest.includes('read') || rest.includes('reading'))) return column('quality');
    if (has(monthWords) && !aboutTime && !has(valueWords) && rest.length <= 2) return column('month');
    const aboutBill = rest.includes('bill') || rest.includes('billing');
    if (has(strangerWords) && !((aboutTime || aboutBill) && (has(startWords) || has(endWords))))
      return column(undefined);
    if (has(qualityWords) && !aboutTime) return column('quality');
    if (has(startWords) && (aboutTime || rest.length <= 2)) return column('start');
    if (has(endWords) && (aboutTime || rest.length <= 2)) return column('end');
    if (has(stampWords) || ((has(dateWords) || isData) && has(timeWords))) return column('stamp');
    if (has(dateWords) || isData) return column('date');
    if (has(timeWords)) return column('time');
    if (has(valueWords) || has(registerWords)) return column('value');
    return column(undefined);
  }
  return column(has(words('cost price rate factor multiplier')) || perUnit.test(name) ? undefined : 'value');
}
