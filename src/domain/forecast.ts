/** One forecast: the values that were expected at the moment it was made. */
export interface Forecast {
  /** UTC milliseconds. */
  readonly generatedAt: number;
  /** Sorted by time, each time once; `time` is the start of a period, UTC milliseconds. 0 is a real value. */
  readonly points: readonly { readonly time: number; readonly value: number }[];
}

/** The answer to one forecast request (watttime contract, `/v3/forecast` and `/v3/forecast/historical`). */
export interface Forecasts {
  /** Sorted by `generatedAt`, each once. */
  readonly forecasts: readonly Forecast[];
  readonly periodSeconds: number;
  /** How often a forecast is made: the grid of `generatedAt`. */
  readonly generatedEverySeconds: number;
  /** Date that names the model, when the answer said. */
  readonly model?: string | undefined;
  readonly units?: string | undefined;
  /** The API's own warnings, worth showing. */
  readonly warnings: readonly string[];
}

/** Which forecasts of a series: how far they reach, and the model when not the API's default. */
export interface ForecastKind {
  /** 0 to 72; 0 is one point. */
  readonly horizonHours: number;
  readonly model?: string | undefined;
}
