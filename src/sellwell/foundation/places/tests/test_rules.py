"""Divisions of today, and thirty ways to write name, phone and address in a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.foundation.places import divisions
from sellwell.foundation.places.divisions import Place
from sellwell.foundation.places.rules import Parsed, split

SUZHOU = ("江苏省", "苏州市", "吴中区")
LINES: list[tuple[str, Parsed]] = [
    ("顾明远 13800001234 江苏省苏州市吴中区东方大道1号", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("江苏省苏州市吴中区东方大道1号 顾明远 13800001234", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("13800001234 江苏省苏州市吴中区东方大道1号 顾明远", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("江苏省苏州市吴中区东方大道1号，13800001234，顾明远", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("收货人：顾明远 电话：13800001234 地址：江苏省苏州市吴中区东方大道1号", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("收件人:顾明远;手机号码:138-0000-1234;所在地区:江苏省 苏州市 吴中区;详细地址:东方大道1号", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("顾明远１３８００００１２３４江苏省苏州市吴中区东方大道１号", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("顾明远，+86 138 0000 1234，苏州市吴中区东方大道1号", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("顾明远江苏苏州吴中区东方大道1号13800001234", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("苏州吴中区东方大道1号 顾明远 13800001234", Parsed("顾明远", "13800001234", *SUZHOU, "东方大道1号")),
    ("江苏省吴中区东方大道1号 顾明远", Parsed("顾明远", "", *SUZHOU, "东方大道1号")),
    ("昆山市玉山镇人民路8号，0512-57001234，令狐女士", Parsed("令狐女士", "0512-57001234", "江苏省", "苏州市", "昆山市", "玉山镇人民路8号")),
    ("浙江义乌稠城街道篁园路9号 司空朗 13900005678", Parsed("司空朗", "13900005678", "浙江省", "金华市", "义乌市", "稠城街道篁园路9号")),
    ("上海市浦东新区张江路88号3楼 慕容雪 021-50001234转801", Parsed("慕容雪", "021-50001234-801", "上海市", "上海市", "浦东新区", "张江路88号3楼")),
    ("上海浦东新区张江路88号 慕容雪", Parsed("慕容雪", "", "上海市", "上海市", "浦东新区", "张江路88号")),
    ("上海南京东路100号 慕容雪", Parsed("慕容雪", "", "上海市", "上海市", "", "南京东路100号")),
    ("北京市北京市朝阳区建国路1号 端木清 (010)65001234", Parsed("端木清", "010-65001234", "北京市", "北京市", "朝阳区", "建国路1号")),
    ("端木清 18600001111 北京朝阳区建国路1号", Parsed("端木清", "18600001111", "北京市", "北京市", "朝阳区", "建国路1号")),
    ("重庆市市辖区渝中区解放碑1号 钟离远 15000002222", Parsed("钟离远", "15000002222", "重庆市", "重庆市", "渝中区", "解放碑1号")),
    ("天津滨海新区第三大街6号，皇甫岩，022 66001234", Parsed("皇甫岩", "022-66001234", "天津市", "天津市", "滨海新区", "第三大街6号")),
    ("内蒙古自治区呼和浩特市新城区海拉尔大街2号 拓跋宇 13700003333", Parsed("拓跋宇", "13700003333", "内蒙古自治区", "呼和浩特市", "新城区", "海拉尔大街2号")),
    ("内蒙古呼和浩特新城区海拉尔大街2号", Parsed("", "", "内蒙古自治区", "呼和浩特市", "新城区", "海拉尔大街2号")),
    ("广西壮族自治区南宁市青秀区民族大道5号 欧阳静", Parsed("欧阳静", "", "广西壮族自治区", "南宁市", "青秀区", "民族大道5号")),
    ("新疆乌鲁木齐市天山区人民路7号，艾丽，0991-2601234", Parsed("艾丽", "0991-2601234", "新疆维吾尔自治区", "乌鲁木齐市", "天山区", "人民路7号")),
    ("宁夏银川市兴庆区解放街3号 轩辕和", Parsed("轩辕和", "", "宁夏回族自治区", "银川市", "兴庆区", "解放街3号")),
    ("湖北省仙桃市沔阳大道4号 诸葛宁 13300004444", Parsed("诸葛宁", "13300004444", "湖北省", "仙桃市", "", "沔阳大道4号")),
    ("海南省文昌市文城镇清澜路6号", Parsed("", "", "海南省", "文昌市", "", "文城镇清澜路6号")),
    ("湖南省湘西土家族苗族自治州吉首市人民路10号 尉迟安", Parsed("尉迟安", "", "湖南省", "湘西土家族苗族自治州", "吉首市", "人民路10号")),
    ("广东省东莞市长安镇振安路12号 夏侯川 400-800-1234", Parsed("夏侯川", "400-800-1234", "广东省", "东莞市", "", "长安镇振安路12号")),
    ("杭州市临平区星桥街道20号 公孙策划 13500006666", Parsed("公孙策划", "13500006666", "浙江省", "杭州市", "临平区", "星桥街道20号")),
    ("吉林省吉林市船营区松江路1号 闻人杰", Parsed("闻人杰", "", "吉林省", "吉林市", "船营区", "松江路1号")),
    ("香港特别行政区九龙弥敦道8号 上官云", Parsed("上官云", "", "香港特别行政区", "", "", "九龙弥敦道8号")),
    ("听涛造纸有限公司 江苏省苏州市吴中区东方大道1号 0512-65001234", Parsed("听涛造纸有限公司", "0512-65001234", *SUZHOU, "东方大道1号")),
    ("南京路100号 顾明远 13800001234", Parsed("顾明远", "13800001234", line="南京路100号")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "wanted"), LINES, ids=range(len(LINES)))
def test_a_line_is_taken_apart(line: str, wanted: Parsed) -> None:
    assert split(line, divisions.today()) == wanted


def test_the_divisions_of_today() -> None:
    known = divisions.today()
    provinces = {p.province for p in known.places}
    assert len(provinces) == 34
    cities = {(p.province, p.city) for p in known.places if p.city}
    districts = {p for p in known.places if p.district}
    assert 330 <= len(cities) <= 380 and 2700 <= len(districts) <= 2900
    assert (
        Place("浙江省", "杭州市", "钱塘区") in districts and Place("山东省", "济南市", "莱芜区") in districts
    )
    assert not {p for p in districts if p.district in ("江干区", "崇文区")}  # they are no more
    assert Place("上海市", "上海市", "浦东新区") in districts and ("广东省", "中山市") in cities


@given(st.text(max_size=300))
def test_any_text_is_read_without_complaint(text: str) -> None:
    found = split(text, divisions.today())
    assert len(found.line) <= len(text) * 20


@pytest.mark.parametrize("place", ["江苏省苏州市吴中区", "上海市上海市浦东新区", "湖北省仙桃市"])
@pytest.mark.parametrize("street", ["东方大道1号", "人民路88号3栋502室"])
def test_name_and_phone_may_stand_anywhere(place: str, street: str) -> None:
    first = split(f"顾明远 13800001234 {place}{street}", divisions.today())
    for line in (f"{place}{street} 顾明远 13800001234", f"13800001234，{place}{street}，顾明远"):
        assert split(line, divisions.today()) == first
