/** A ring of `[longitude, latitude]` corners, closed by itself. */
export type Ring = readonly (readonly [longitude: number, latitude: number])[];

/** A grid region. The first part of its name says which balancing area `co2_aoer` puts it in. */
export interface RegionShape {
  readonly region: string;
  readonly fullName: string;
  readonly rings: readonly Ring[];
  /** Marginal emissions: the yearly mean in lbs per MWh, and how far the sun pulls noon below it. */
  readonly mean: number;
  readonly solar: number;
  /** Hours that noon of the place is after noon UTC, for the shape of the day. */
  readonly noonUtc: number;
}

const box = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
];

function shape(region: string, fullName: string, mean: number, solar: number, ...rings: readonly Ring[]): RegionShape {
  const [longitude = 0] = rings[0]?.[0] ?? [];
  return { region, fullName, rings, mean, solar, noonUtc: 12 - longitude / 15 };
}

/**
 * Regions with the names the real API uses, over real coordinates but with straight borders; they do not overlap.
 * One full name ends in a space, as real ones do (watttime contract, fact 9).
 */
export const regionShapes: readonly RegionShape[] = [
  shape('CAISO_NORTH', 'California ISO Northern', 880, 560, [
    [-124.6, 39.8],
    [-124.6, 38],
    [-121.5, 35.8],
    [-115.7, 35.8],
    [-120, 39],
    [-120, 39.8],
  ]),
  shape('CAISO_REDDING', 'California ISO Redding', 880, 420, box(-124.6, 39.8, -120, 42)),
  shape('CAISO_SANBERNARDINO', 'California ISO San Bernardino', 860, 640, [
    [-121.5, 35.8],
    [-121, 33.95],
    [-118.7, 33.95],
    [-118.7, 34.5],
    [-118.1, 34.5],
    [-118.1, 33.95],
    [-114.63, 33.95],
    [-114.63, 35],
    [-115.7, 35.8],
  ]),
  shape('LDWP', 'Los Angeles Department of Water and Power', 900, 400, box(-118.7, 33.95, -118.1, 34.5)),
  shape('CAISO_LONGBEACH', 'California ISO Long Beach', 870, 600, box(-118.7, 33.4, -117.7, 33.95)),
  shape('CAISO_PALMSPRINGS', 'California ISO Palm Springs', 860, 640, box(-117.7, 33.4, -114.63, 33.95)),
  shape('CAISO_SANDIEGO', 'California ISO San Diego', 870, 620, box(-117.7, 32.5, -116.1, 33.4)),
  shape('NEVP', 'Nevada Power', 930, 380, [
    [-120, 42],
    [-120, 39],
    [-115.7, 35.8],
    [-114.63, 35],
    [-114.05, 37],
    [-114.05, 42],
  ]),
  shape('AZPS', 'Arizona Public Service', 950, 360, box(-114, 33.8, -109.05, 37)),
  shape('SRP', 'Salt River Project', 960, 340, box(-112.7, 33.2, -111.4, 33.8)),
  shape('TEPC', 'Tucson Electric Power', 1010, 330, box(-112.7, 31.3, -109.05, 33.2)),
  shape('PNM', 'Public Service Company of New Mexico', 1240, 360, box(-109.05, 32.6, -103.06, 37)),
  shape('EPE', 'El Paso Electric', 1020, 320, box(-107.5, 31, -105, 32.6)),
  shape('PACE', 'PacifiCorp East', 1460, 260, box(-114.05, 37, -109.05, 42)),
  shape('PACW', 'PacifiCorp West', 1050, 160, box(-124.6, 42, -117, 45.2)),
  shape('PGE', 'Portland General Electric', 1010, 140, box(-123.3, 45.2, -122.2, 45.8)),
  shape('BPA', 'Bonneville Power Administration', 640, 180, box(-124.2, 45.8, -117, 47.4)),
  shape('SCL', 'Seattle City Light', 600, 120, box(-122.45, 47.4, -122.2, 47.75)),
  shape('PSEI', 'Puget Sound Energy', 980, 130, box(-123.2, 47.75, -121, 49)),
  shape('PSCO', 'Public Service Company of Colorado', 1430, 300, box(-109.05, 37, -102.05, 41)),
  shape('ERCOT_AUSTIN', 'ERCOT Austin', 1010, 360, box(-99, 29.9, -96.6, 31.2)),
  shape('ERCOT_COAST', 'ERCOT Coast', 1030, 330, box(-96.6, 28.8, -94.2, 30.6)),
  shape('ERCOT_NORTHCENTRAL', 'ERCOT North Central', 1020, 350, box(-99, 31.2, -95.6, 33.9)),
  shape('ERCOT_SANANTONIO', 'ERCOT San Antonio', 1020, 370, box(-99.6, 28.8, -96.6, 29.9)),
  shape('ERCOT_SOUTHTX', 'ERCOT South Texas', 990, 400, box(-99.6, 26, -97, 28.8)),
  shape('ERCOT_WESTTX', 'ERCOT West Texas', 840, 620, box(-103.06, 30, -99, 33.9)),
  shape('MISO_MASON_CITY', 'Midcontinent ISO Mason City ', 1250, 240, box(-96.4, 40.6, -90.6, 43.5)),
  shape('MISO_MINNEAPOLIS', 'Midcontinent ISO Minneapolis', 1210, 220, box(-96.4, 43.5, -92, 46.5)),
  shape('MISO_MADISON', 'Midcontinent ISO Madison', 1300, 180, box(-90.6, 42.5, -87, 44.5)),
  shape('MISO_SPRINGFIELD', 'Midcontinent ISO Springfield', 1370, 200, box(-90.6, 37, -87.6, 41.4)),
  shape('MISO_INDIANAPOLIS', 'Midcontinent ISO Indianapolis', 1420, 190, box(-87.6, 38.4, -85, 41.4)),
  shape('MISO_DETROIT', 'Midcontinent ISO Detroit', 1330, 170, box(-84.2, 41.9, -82.4, 43.5)),
  shape('MISO_NEW_ORLEANS', 'Midcontinent ISO New Orleans', 1060, 180, box(-91.5, 29, -89, 31)),
  shape('SPP_KANSAS', 'Southwest Power Pool Kansas', 1120, 420, box(-102.05, 37, -95, 40)),
  shape('SPP_KC', 'Southwest Power Pool Kansas City', 1280, 300, box(-95, 38.5, -94, 39.6)),
  shape('SPP_OKCTY', 'Southwest Power Pool Oklahoma City', 1130, 430, box(-100, 34.2, -94.6, 37)),
  shape('SPP_SIOUX', 'Southwest Power Pool Sioux Falls', 1180, 320, box(-104, 42.5, -96.4, 45.9)),
  shape('SPP_WESTNE', 'Southwest Power Pool Western Nebraska', 1290, 280, box(-102.05, 40, -96.4, 42.5)),
  shape('PJM_CHICAGO', 'PJM Chicago', 1230, 160, box(-89.2, 41.4, -87, 42.5)),
  shape('PJM_SOUTHWEST_OH', 'PJM Southwest Ohio', 1360, 150, box(-85, 38.5, -83.3, 40.5)),
  shape('PJM_EASTERN_OH', 'PJM Eastern Ohio', 1350, 150, box(-83.3, 39.3, -80.5, 41.9)),
  shape('PJM_ROANOKE', 'PJM Roanoke', 1260, 170, box(-82, 36.6, -78.5, 38.2)),
  shape('PJM_DC', 'PJM DC', 1210, 170, box(-78, 38.2, -76, 39.7)),
  shape('PJM_NJ', 'PJM New Jersey', 1090, 180, box(-75.4, 38.9, -74.05, 40.9)),
  shape('NYISO_NYC', 'New York ISO New York City', 1020, 110, box(-74.05, 40.45, -73.7, 40.95)),
  shape('NYISO_LONG_ISLAND', 'New York ISO Long Island', 1120, 120, box(-73.7, 40.5, -71.9, 41)),
  shape('NYISO_CAPITAL', 'New York ISO Capital', 930, 120, box(-74.7, 42.1, -73.5, 43.5)),
  shape('NYISO_WEST', 'New York ISO West', 560, 160, box(-79.8, 42, -77.9, 43.4)),
  shape('ISONE_NEMA', 'ISO New England Northeast Massachusetts', 900, 150, box(-71.4, 42.2, -70.5, 42.88)),
  shape('ISONE_SEMA', 'ISO New England Southeast Massachusetts', 890, 180, box(-71.1, 41.4, -69.9, 42.2)),
  shape('ISONE_RI', 'ISO New England Rhode Island', 900, 160, box(-71.8, 41.3, -71.1, 42.05)),
  shape('ISONE_CT', 'ISO New England Connecticut', 900, 150, box(-73.5, 41, -71.8, 42.05)),
  shape('ISONE_WCMA', 'ISO New England Western and Central Massachusetts', 890, 170, box(-73.5, 42.05, -71.4, 42.72)),
  shape('ISONE_ME', 'ISO New England Maine', 820, 170, box(-70.9, 43.1, -67, 47.4)),
  shape('LGEE', 'Louisville Gas and Electric', 1560, 90, box(-86.5, 36.6, -84, 38.4)),
  shape('TVA', 'Tennessee Valley Authority', 1280, 140, box(-90, 34.98, -82.2, 36.6)),
  shape('DUK', 'Duke Energy Carolinas', 1190, 260, box(-82.2, 34.98, -79.5, 36.5)),
  shape('SOCO', 'Southern Company', 1230, 220, box(-88.4, 31, -81.2, 34.98)),
  shape('FPL', 'Florida Power and Light', 960, 260, box(-81.8, 25, -80, 27.5)),
  shape('IESO_NORTH', 'Independent Electricity System Operator Ontario', 520, 110, box(-80.5, 43.5, -78.5, 45)),
  shape('UK', 'United Kingdom', 860, 180, box(-5.7, 49.9, 1.8, 59)),
  shape('FR', 'France', 610, 160, box(-1.5, 43.5, 6, 49.5)),
  shape('DE', 'Germany', 1240, 460, box(6.9, 47.6, 14, 54.8)),
  shape('NEM_NSW', 'National Electricity Market New South Wales', 1780, 520, box(141, -37, 153.7, -29)),
  shape('NEM_VIC', 'National Electricity Market Victoria', 1690, 640, box(141, -39.2, 150, -37)),
  shape('NEM_QLD', 'National Electricity Market Queensland', 1720, 560, box(138, -29, 153.7, -10.7)),
  shape('NEM_SA', 'National Electricity Market South Australia', 960, 900, box(129, -38.1, 141, -29)),
];
