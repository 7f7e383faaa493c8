// Charts: ECharts options as data inside the figure. The library is loaded only where a chart is.

import { $, $$ } from "./util.js";

let library = null;

function load() {
  library ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = $('meta[name="echarts"]')?.content || "/static/vendor/echarts.min.js";
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export async function charts(root) {
  const figures = $$("[data-chart]:not([data-ready])", root);
  if (!figures.length) return;
  const echarts = await load();
  for (const figure of figures) {
    figure.dataset.ready = "1";
    const options = JSON.parse($("script", figure).textContent);
    const chart = echarts.init($(".chart-canvas", figure), null, { renderer: "svg" });
    chart.setOption({
      color: [token("--accent"), token("--near"), token("--info"), token("--ink-3")],
      textStyle: { fontFamily: token("--font"), fontSize: 12, color: token("--ink-2") },
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 150,
      grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
      ...options,
    });
    new ResizeObserver(() => chart.resize()).observe(figure);
  }
}
