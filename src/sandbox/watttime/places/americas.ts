import type { Land } from '../region-shape.ts';
import { box } from '../ring.ts';

/** Canada, Mexico, and what lies south of them. */
export const americas: readonly Land[] = [
  {
    envelope: box(-139, 49.02, -95.2, 60),
    periodSeconds: 300,
    regions: [
      [
        'BCHA',
        'British Columbia Hydro',
        [-123.1, 49.3],
        [-122.8, 53.9],
        [-120.3, 50.7],
        [-122.7, 58.8],
        [-130.3, 54.3],
      ],
      ['AESO', 'Alberta Electric System Operator', [-114.1, 51], [-113.5, 53.5], [-118.8, 55.2], [-111.4, 56.7]],
      ['SPC', 'SaskPower', [-104.6, 50.4], [-106.7, 52.1], [-105.8, 53.2]],
      ['MHEB', 'Manitoba Hydro ', [-97.1, 49.9], [-97.9, 55.7], [-99.9, 49.8]],
    ],
  },
  {
    envelope: box(-95.1, 46.65, -79.5, 56),
    periodSeconds: 300,
    regions: [
      [
        'IESO_NORTHWEST',
        'Independent Electricity System Operator Northwest',
        [-89.3, 48.4],
        [-94.5, 49.8],
        [-91.9, 50.1],
      ],
      [
        'IESO_NORTHEAST',
        'Independent Electricity System Operator Northeast',
        [-81.3, 48.5],
        [-84.4, 46.7],
        [-82.4, 49.5],
      ],
    ],
  },
  {
    envelope: box(-79.4, 47.5, -59.7, 62),
    periodSeconds: 3600,
    regions: [
      ['HQ', 'Hydro-Québec', [-74.4, 49.9], [-66.4, 50.2], [-68.4, 58.1], [-77.6, 53.8], [-71, 48.4], [-78, 48.2]],
      ['NLH', 'Newfoundland and Labrador Hydro', [-60.3, 53.3], [-64, 53.6], [-62.5, 56.5]],
    ],
  },
  {
    envelope: box(-59.6, 46.5, -52.5, 55),
    periodSeconds: 3600,
    regions: [['NLH', 'Newfoundland and Labrador Hydro', [-52.7, 47.6], [-57.9, 49]]],
  },
  {
    envelope: box(-66.9, 43.4, -59.7, 47.4),
    periodSeconds: 3600,
    regions: [
      ['NBSO', 'New Brunswick System Operator', [-66.6, 46], [-64.8, 46.1], [-66.1, 45.3]],
      ['NSPI', 'Nova Scotia Power', [-63.6, 44.6], [-60.2, 46.1], [-66.1, 43.8]],
      ['PEI', 'Prince Edward Island', [-63.1, 46.2]],
    ],
  },
  {
    envelope: box(-112.7, 22, -99.7, 29.9),
    periodSeconds: 3600,
    regions: [
      ['CENACE_NW', 'Mexico Northwest', [-111, 29.1], [-107.4, 24.8]],
      ['CENACE_N', 'Mexico North', [-106.1, 28.6], [-104.7, 24], [-103.4, 25.5]],
      ['CENACE_NE', 'Mexico Northeast', [-100.3, 25.7], [-99.1, 23.7]],
      ['CENACE_W', 'Mexico West', [-102.6, 22.8], [-101, 22.2]],
    ],
  },
  {
    envelope: box(-106, 14.7, -86.7, 21.9),
    periodSeconds: 3600,
    regions: [
      ['CENACE_W', 'Mexico West', [-103.3, 20.7], [-101.2, 19.7], [-101.7, 21.1]],
      ['CENACE_C', 'Mexico Central', [-99.1, 19.4], [-98.2, 19]],
      ['CENACE_E', 'Mexico East', [-96.1, 19.2], [-96.7, 17.1], [-93.1, 16.8], [-92.9, 18]],
      ['CENACE_P', 'Mexico Peninsular', [-89.6, 21], [-86.9, 21.2], [-90.5, 19.8]],
    ],
  },
  {
    envelope: box(-92.2, 7, -78.2, 14.5),
    periodSeconds: 3600,
    regions: [
      ['GT', 'Guatemala', [-90.5, 14.4]],
      ['SV', 'El Salvador', [-89.2, 13.7], [-88.2, 13.5]],
      ['HN', 'Honduras', [-87.2, 14.1]],
      ['NI', 'Nicaragua', [-86.3, 12.1], [-84, 12]],
      ['CR', 'Costa Rica', [-84.1, 9.9], [-83, 10]],
      ['PA', 'Panama', [-79.5, 9], [-82.4, 8.4]],
    ],
  },
  {
    envelope: box(-74, 17.6, -68.3, 19.75),
    periodSeconds: 3600,
    regions: [
      ['HT', 'Haiti', [-72.3, 18.6], [-72.2, 19.7]],
      ['DO', 'Dominican Republic', [-69.9, 18.5], [-70.7, 19.5], [-71.2, 18.3]],
    ],
  },
  {
    envelope: [
      [-72, -55],
      [-63, -55],
      [-34.7, -9],
      [-34.7, -4],
      [-60, 11],
      [-71, 12.5],
      [-77.2, 8.5],
      [-79.5, 1.5],
      [-81.5, -5],
    ],
    periodSeconds: 3600,
    regions: [
      ['CO', 'Colombia', [-74.1, 4.7], [-75.6, 6.2], [-76.5, 3.4], [-74.8, 11], [-70.8, 6.5]],
      ['VE', 'Venezuela', [-66.9, 10.5], [-71.6, 10.6], [-63.5, 8.1], [-67.5, 7.9]],
      ['GY', 'Guyana', [-58.2, 6.8]],
      ['SR', 'Suriname', [-55.2, 5.9]],
      ['EC', 'Ecuador', [-78.5, -0.2], [-79.9, -2.2]],
      ['PE', 'Peru', [-77, -12], [-79, -8.1], [-71.5, -16.4], [-72, -13.5], [-73.3, -3.7]],
      ['BO', 'Bolivia', [-68.1, -16.5], [-63.2, -17.8], [-65.3, -19], [-64.9, -14.8]],
      ['CL_NORTE', 'Chile North', [-70.4, -23.6], [-70.3, -27.4]],
      ['CL_SUR', 'Chile South', [-70.7, -33.4], [-73, -36.8], [-72.9, -41.5], [-70.9, -53.2]],
      ['AR_BUENOS_AIRES', 'Argentina Buenos Aires ', [-58.4, -34.6], [-62.3, -38.7], [-57.6, -38]],
      ['AR_INTERIOR', 'Argentina Interior', [-64.2, -31.4], [-68.8, -32.9], [-65.4, -24.8], [-60.7, -32.9]],
      ['AR_PATAGONIA', 'Argentina Patagonia', [-68.1, -38.9], [-67.5, -45.9], [-69.2, -51.6]],
      ['UY', 'Uruguay', [-56.2, -34.9], [-57, -31.4]],
      ['PY', 'Paraguay', [-57.6, -25.3], [-60, -22]],
      [
        'BR_SECO',
        'Brazil Southeast and Centre-West',
        [-46.6, -23.5],
        [-43.2, -22.9],
        [-43.9, -19.9],
        [-47.9, -15.8],
        [-56.1, -15.6],
      ],
      ['BR_S', 'Brazil South', [-51.2, -30], [-49.3, -25.4], [-48.5, -27.6]],
      ['BR_NE', 'Brazil Northeast', [-34.9, -8.1], [-38.5, -13], [-38.5, -3.7], [-42.8, -5.1]],
      ['BR_N', 'Brazil North', [-60, -3.1], [-48.5, -1.5], [-63.9, -8.8], [-60.7, 2.8]],
    ],
  },
];
