import os
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="1"
import pytest
from django.test import Client
from sellwell.testing.world import World
from sellwell.selling.contracts.tests.builders import a_buyer, goods, a_contract
from sellwell.selling.orders.tests.builders import a_confirmed_order, an_order, moved
from sellwell.foundation.stock.tests.builders import a_supply
def test_shot(transactional_db, live_server):
    world = World()
    buyer = a_buyer(world); goods(world); goods(world,"P-002","45200.00"); s=goods(world,"P-005","99.00",stock="1"); a_supply(world, s, 10)
    contract = a_contract(world, (("P-001","5"),("P-002","2")), state="signed")
    order = a_confirmed_order(world, (("P-001","5"),("P-005","4"),("P-002","1")))
    moved(world, order, planned="2", shipped="2", reserved="-2")
    c = Client(); c.force_login(world.user("rep"), backend="django.contrib.auth.backends.ModelBackend")
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width,name in ((1440,"d"),(390,"m")):
            ctx = b.new_context(viewport={"width":width,"height":900}, locale="zh-CN")
            ctx.add_cookies([{"name":"sellwell_session","value":c.cookies["sellwell_session"].value,"url":live_server.url}])
            page = ctx.new_page()
            msgs=[]
            page.on("console", lambda m: msgs.append(m.text)); page.on("pageerror", lambda e: msgs.append(str(e)))
            page.goto(live_server.url+f"/orders/new?customer={buyer.pk}")
            page.wait_for_timeout(800)
            page.screenshot(path=f"/tmp/sw/shots4/{name}-new-empty.png", full_page=True)
            if width==1440:
                cell = page.locator("[data-grid] input:not([type=hidden])").first
                cell.click(); cell.type("P-005", delay=40); page.wait_for_timeout(900)
                page.screenshot(path=f"/tmp/sw/shots4/{name}-new-pick.png", full_page=True)
                page.keyboard.press("Enter"); page.wait_for_timeout(200)
                page.keyboard.press("Tab"); page.keyboard.type("4"); page.wait_for_timeout(1200)
                # paste
                page.evaluate("""() => {const t=document.querySelectorAll('[data-grid] tbody tr')[1].querySelector('input:not([type=hidden])'); t.focus(); const d=new DataTransfer(); d.setData('text/plain','P-001\\t3\\nP-002\\t1\\nX-99\\t2'); t.dispatchEvent(new ClipboardEvent('paste',{clipboardData:d,bubbles:true,cancelable:true}))}""")
                page.wait_for_timeout(1800)
                page.screenshot(path=f"/tmp/sw/shots4/{name}-new-filled.png", full_page=True)
                page.locator("[data-send]").click(); page.wait_for_timeout(1500)
                page.screenshot(path=f"/tmp/sw/shots4/{name}-new-sent.png", full_page=True)
            for path, n in ((f"/orders/new?contract={contract.pk}","from-contract"),("/orders/","list"),(f"/orders/{order.pk}/","record"),(f"/contracts/{contract.pk}/","contract"),(f"/do/contracts.change_terms/{contract.pk}/","terms")):
                page.goto(live_server.url+path); page.wait_for_timeout(900)
                page.screenshot(path=f"/tmp/sw/shots4/{name}-{n}.png", full_page=True)
            print(name, msgs[:10])
        b.close()
