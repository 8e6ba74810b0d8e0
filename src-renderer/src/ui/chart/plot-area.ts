/** Where the plot lies in its frame, without axes and words; in pixels of the page. */
export interface PlotArea {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}
