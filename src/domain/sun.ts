import type { Coordinates } from './site.ts';

const dayMs = 86_400_000;
const radians = Math.PI / 180;

/** Noon of 1 January 2000 (J2000), from which the sun's formulas count. */
const epoch = Date.UTC(2000, 0, 1, 12);

/** How deep the sun's centre is when its upper edge touches the horizon, refraction included: 50 arc minutes. */
const sunsetSine = Math.sin((-50 / 60) * radians);

/** The end of civil twilight: deeper than this the sky gives no light to speak of either. */
const darkSine = Math.sin(-6 * radians);

/** Where the sun stands as seen from the earth's centre: sine of its declination, and the equation of time in radians. */
interface SunPosition {
  readonly declination: number;
  readonly equationOfTime: number;
}

/** Good to a hundredth of a degree between 1950 and 2050, far better than a reading needs. */
function positionAt(instant: number): SunPosition {
  const days = (instant - epoch) / dayMs;
  const anomaly = (357.529 + 0.985_600_28 * days) * radians;
  const meanLongitude = (280.459 + 0.985_647_36 * days) * radians;
  const longitude = meanLongitude + (1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * radians;
  const obliquity = (23.439 - 0.000_000_36 * days) * radians;
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(longitude), Math.cos(longitude));
  const apart = meanLongitude - rightAscension;
  return {
    declination: Math.asin(Math.sin(obliquity) * Math.sin(longitude)),
    equationOfTime: apart - 2 * Math.PI * Math.round(apart / (2 * Math.PI)),
  };
}

/** The sun as seen from one place. Times are instants; asking in order of time costs one cosine each. */
export interface Sun {
  /** True when no part of the sun is above the horizon. */
  isDown(instant: number): boolean;
  /** True when it is darker than civil twilight, six degrees below the horizon, from `start` to `end`; looked at hourly. */
  isDarkThroughout(start: number, end: number): boolean;
}

/** The sun over a place on flat land. Where it is near rising or setting, hills and air may move that by minutes. */
export function sunOver({ latitude, longitude }: Coordinates): Sun {
  const [sineLatitude, cosineLatitude] = [Math.sin(latitude * radians), Math.cos(latitude * radians)];
  let day = Number.NaN;
  let [morning, evening] = [positionAt(0), positionAt(0)];

  function elevationSine(instant: number): number {
    const today = Math.floor(instant / dayMs);
    if (today !== day) {
      day = today;
      [morning, evening] = [positionAt(today * dayMs), positionAt((today + 1) * dayMs)];
    }
    const passed = instant / dayMs - today;
    const declination = morning.declination + (evening.declination - morning.declination) * passed;
    const equationOfTime = morning.equationOfTime + (evening.equationOfTime - morning.equationOfTime) * passed;
    const hourAngle = 2 * Math.PI * passed - Math.PI + longitude * radians + equationOfTime;
    return sineLatitude * Math.sin(declination) + cosineLatitude * Math.cos(declination) * Math.cos(hourAngle);
  }

  return {
    isDown: (instant) => elevationSine(instant) < sunsetSine,
    isDarkThroughout: (start, end) => {
      const looks = Math.max(1, Math.ceil((end - start) / 3_600_000));
      for (let look = 0; look <= looks; look += 1) {
        if (elevationSine(start + ((end - start) * look) / looks) >= darkSine) return false;
      }
      return true;
    },
  };
}
