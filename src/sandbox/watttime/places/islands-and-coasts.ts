import { type RegionShape, draw } from '../region-shape.ts';
import { box } from '../ring.ts';

/** Regions outside the United States that are drawn by hand; they do not overlap. */
export const islandsAndCoasts: readonly RegionShape[] = [
  draw('IESO_NORTH', 'Independent Electricity System Operator Ontario', 520, 110, box(-80.5, 43.5, -78.5, 45)),
  draw('UK', 'United Kingdom', 860, 180, box(-5.7, 49.9, 1.8, 59)),
  draw('FR', 'France', 610, 160, box(-1.5, 43.5, 6, 49.5)),
  draw('DE', 'Germany', 1240, 460, box(6.9, 47.6, 14, 54.8)),
  draw('NEM_NSW', 'National Electricity Market New South Wales', 1780, 520, box(141, -37, 153.7, -29)),
  draw('NEM_VIC', 'National Electricity Market Victoria', 1690, 640, box(141, -39.2, 150, -37)),
  draw('NEM_QLD', 'National Electricity Market Queensland', 1720, 560, box(138, -29, 153.7, -10.7)),
  draw('NEM_SA', 'National Electricity Market South Australia', 960, 900, box(129, -38.1, 141, -29)),
  draw('NEM_TAS', 'National Electricity Market Tasmania', 510, 120, box(144.5, -43.7, 148.5, -39.5)),
  draw('WEM', 'Western Australia Wholesale Electricity Market', 1240, 620, box(115, -35.2, 128.9, -20)),
  draw('NT', 'Northern Territory', 1190, 420, box(129, -28.9, 137.9, -11)),
  draw('IS', 'Iceland', 40, 10, box(-24.6, 63.3, -13.4, 66.6)),
  draw('JP_ON', 'Okinawa', 1660, 260, box(127.5, 26, 128.4, 27)),
  draw('PR', 'Puerto Rico', 1490, 300, box(-67.3, 17.9, -65.2, 18.6)),
  draw('JM', 'Jamaica', 1420, 260, box(-78.4, 17.7, -76.2, 18.6)),
  draw('CU', 'Cuba', 1580, 200, box(-85, 19.8, -74.1, 23.3)),
  draw('MU', 'Mauritius', 1500, 260, box(57.3, -20.6, 57.9, -19.9)),
  // Both lie on either side of the antimeridian, where GeoJSON cuts them (RFC 7946, 3.1.9).
  draw('FJ', 'Fiji ', 1130, 240, box(176.8, -19.3, 180, -16), box(-180, -19.3, -178.2, -16)),
  draw('RU_CHUKOTKA', 'Chukotka', 1380, 50, box(165, 62, 180, 70.2), box(-180, 62, -169, 70.2)),
];
