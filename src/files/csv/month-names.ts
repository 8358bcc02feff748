const monthNames =
  'jan january januar janvier enero ene gennaio gen januari|feb february februar février fevrier febrero febbraio februari fév|mar march märz maerz mär mrz mars marzo maart mrt|apr april avril abril aprile abr avr|may mai mayo maggio mei maj mag|jun june juni juin junio giugno giu|jul july juli juillet julio luglio lug juil|aug august août aout agosto augustus augusti ago aoû|sep sept september septembre septiembre settembre set|oct october oktober octobre octubre ottobre okt ott|nov november novembre noviembre|dec december dezember décembre decembre diciembre dicembre dez dic déc'.split(
    '|',
  );
const months: ReadonlyMap<string, number> = new Map(
  monthNames.flatMap((names, at) => names.split(' ').map((name) => [name, at + 1] as const)),
);

/** 1 to 12, by a month's name or its short form in one of the languages known; undefined for another word. */
export function monthNamed(name: string): number | undefined {
  return months.get(name.normalize('NFC').toLowerCase());
}
